using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

public sealed class Hl7PathTests
{
    private const string Phones = "PID|1||||||||||||5551^PRN^PH~5552^WPN~a@b.c^NET~5553^ORN^CP";

    [Theory]
    [InlineData("PID-5.1", "DOE")]
    [InlineData("PID-5", "DOE^JANE^Q")]
    [InlineData("PID-7", "19750822")]
    [InlineData("MSH-1", "|")]
    [InlineData("MSH-2", @"^~\&")]
    [InlineData("MSH-2.1", @"^~\&")]
    [InlineData("MSH-2.2", "(absent)")]
    [InlineData("MSH-4.1", "195900")]
    [InlineData("MSH-9.2", "A08")]
    [InlineData("PID-13", "2175550101^PRN^PH")]
    [InlineData("PID-13[3=CP]", "2175550103^ORN^CP")]
    [InlineData("PID-13[3=CP].1", "2175550103")]
    [InlineData("PID-13[2=NET].1", "jane@example.org")]
    [InlineData("PID-13[#2].1", "2175550102")]
    [InlineData("PID-13[#9].1", "(absent)")]
    [InlineData("PID-3[4=ATHENA?,5=MRN?].1", "34772")]
    [InlineData("NK1[3=CHILD]-2.2", "JILL")]
    [InlineData("NK1[#2]-2.2", "JILL")]
    [InlineData("NK1[2.1=DOE,2.2!=JOHN]-5", "2175550105")]
    [InlineData("IN1[2.1=159572]-8", "GRP111")]
    [InlineData("EVN", "EVN|A08|202601050930")]
    [InlineData("PID-6", "(empty)")]
    [InlineData("PID-6.1", "(empty)")]
    [InlineData("PID-6.2", "(absent)")]
    [InlineData("PID-40", "(absent)")]
    [InlineData("XYZ-1", "(absent)")]
    [InlineData("XYZ", "(absent)")]
    public void A_path_reads_what_stands_there(string path, string says) =>
        Sample.Parse(Sample.A08).Get(path).Should().Be(says);

    [Theory]
    [InlineData(Phones, "PID-13[2=PRN?,3=PH?].1", "5551")]
    [InlineData("PID|1||||||||||||(555)555-1234", "PID-13[2=PRN?,3=PH?].1", "(555)555-1234")]
    [InlineData("PID|1||||||||||||(555)555-1234", "PID-13[3=CP].1", "(absent)")]
    [InlineData("PID|1||||||||||||5552^WPN~5559", "PID-13[2=PRN?,3=PH?].1", "5559")]
    [InlineData("PID|1||||||||||||~5559", "PID-13[2=PRN?,3=PH?].1", "5559")]
    [InlineData("PID|1||||||||||||^^~5559", "PID-13[2=PRN?,3=PH?].1", "5559")]
    [InlineData("PID|1||||||||||||", "PID-13[2=PRN?,3=PH?].1", "(empty)")]
    [InlineData("PID|1||||||||||||\"\"", "PID-13[3=CP].1", "(null)")]
    [InlineData("PID|1||||||||||||\"\"", "PID-13[2=PRN?].1", "(null)")]
    [InlineData("PID|1||||||||||||\"\"", "PID-13[#2]", "(null)")]
    [InlineData("PID|1||||||||||||\"\"^PRN^PH", "PID-13[2=PRN].1", "(null)")]
    [InlineData("PID|1||7~8^^^ATHENA~9^^^ATHENA^MRN", "PID-3[4=ATHENA?,5=MRN?].1", "9")]
    [InlineData("PID|1||7~8^^^ATHENA", "PID-3[4=ATHENA?,5=MRN?].1", "7")]
    [InlineData("PID|1||7^^^OTHER~8^^^ATHENA", "PID-3[4=ATHENA?,5=MRN?].1", "8")]
    [InlineData("PID|1||7^^^OTHER", "PID-3[4=ATHENA?,5=MRN?].1", "(absent)")]
    [InlineData("PID|1||8^^^ATHENA&1.2.3&ISO^MRN", "PID-3[4=ATHENA].1", "8")]
    [InlineData("PID|1||8^^^ATHENA&1.2.3&ISO^MRN", "PID-3[4.2=1.2.3].1", "8")]
    [InlineData("PID|1||8^^^athena", "PID-3[4=ATHENA].1", "(absent)")]
    [InlineData("PID|1||8^^^\"\"", "PID-3[4=ATHENA?].1", "(absent)")]
    [InlineData("PID|1||8^^^A~9^^^B", "PID-3[4!=A].1", "9")]
    [InlineData("PID|1||8^^^A~9", "PID-3[4!=A].1", "9")]
    [InlineData("PID|1||X8~E9", "PID-3[1=E*].1", "E9")]
    [InlineData("PID|1||X8~E9", "PID-3[1=Q*].1", "(absent)")]
    [InlineData("PID|1||8^^^OTHER", "PID-3[4:=ATHENA].1", "8")]
    [InlineData("PID|1||8^^^mm[Hg]", "PID-3[4='mm[Hg]'].1", "8")]
    [InlineData("PID|1||8^^^a?", "PID-3[4='a?'].1", "8")]
    [InlineData("PID|1||8^^^O'Neill", "PID-3[4='O''Neill'].1", "8")]
    [InlineData("PID|1||8^^^a, b", "PID-3[4='a, b'?].1", "8")]
    [InlineData(@"PID|1||8^^^R\T\D", "PID-3[4=R&D].1", "8")]
    [InlineData("PID|1||8^^^R&D", "PID-3[4=R&D].1", "(absent)")]
    [InlineData("PID|1||\"\"", "PID-3.4", "(null)")]
    [InlineData("PID|1||8^\"\"^", "PID-3.2.2", "(null)")]
    [InlineData("PID|1||8^a&b", "PID-3.2.2", "b")]
    [InlineData("PID|1||8^a&b", "PID-3.2", "a&b")]
    public void A_selector_picks_the_first_that_fits_and_prefers_an_exact_fit(string segment, string path, string says) =>
        Sample.With(segment).Get(path).Should().Be(says);

    [Fact]
    public void A_selector_compares_decoded_text_in_the_messages_character_set()
    {
        Sample.With("PID|1||8^^^Z\u00FCrich").Get("PID-3[4=Z\u00FCrich].1").Should().Be("8");
        Sample.With("PID|1||8^^^Z\u00C3\u00BCrich").Get("PID-3[4=Z\u00FCrich].1").Should().Be("8");
        Sample.With("PID|1||8^^^Z\u00FCrich").Get("PID-3[4=Z\u00C3\u00BCrich].1").Should().Be("(absent)");
    }

    [Fact]
    public void Of_two_segments_that_fit_the_exact_one_wins()
    {
        var message = Sample.With("IN1|1|A\rIN1|2|B||||||||||||||||||||1");

        message.Get("IN1[22=1?]-2").Should().Be("B");
        message.Get("IN1[22=2?]-2").Should().Be("A");
    }

    [Theory]
    [InlineData("PID-13.1", "5551,5552,a@b.c,5553")]
    [InlineData("PID-13[2=PRN?,3=PH?].1", "5551")]
    [InlineData("PID-13[2!=NET].1", "5551,5552,5553")]
    [InlineData("PID-13[#3].1", "a@b.c")]
    [InlineData("PID-13[#7].1", "")]
    [InlineData("PID-13.3", "PH,CP")]
    [InlineData("PID-20", "")]
    [InlineData("PID-1", "1")]
    public void A_list_reads_every_repetition_that_fits(string path, string says) =>
        string.Join(',', Hl7Path.Parse(path).GetAll(Sample.With(Phones)).Select(Sample.Said)).Should().Be(says);

    [Fact]
    public void A_list_that_is_null_as_a_whole_says_so_once() =>
        Hl7Path.Parse("PID-13[3=CP].1").GetAll(Sample.With("PID|1||||||||||||\"\"")).Select(Sample.Said).Should().Equal("(null)");

    [Theory]
    [InlineData("IN1-2.1", "159572")]
    [InlineData("IN1[#1]-2.1", "(absent)")]
    [InlineData("IN1[#2]-2.1", "159572")]
    [InlineData("IN1[2.1=159571]-2.1", "(absent)")]
    [InlineData("IN2-3", "987")]
    [InlineData("PID-5.1", "DOE")]
    [InlineData("NK1-2.2", "JOHN")]
    [InlineData("NK1[#1]-2.2", "JOHN")]
    [InlineData("NTE-3", "(absent)")]
    public void A_path_seen_from_one_segment_reads_what_goes_with_it(string path, string says)
    {
        var message = Sample.Parse(Sample.A08);

        Sample.Said(Hl7Path.Parse(path).Get(message, message.Find("IN1", 2))).Should().Be(says);
    }

    /// <summary>Group → parent before it, children behind it, notes directly behind it, shared segments anywhere.</summary>
    [Theory]
    [InlineData("IN1", 1, "IN2-3", "(absent)")]
    [InlineData("IN1", 1, "ACC-1", "acc")]
    [InlineData("IN1", 1, "ZIN-1", "(absent)")]
    [InlineData("IN1", 2, "ZIN-1", "z")]
    [InlineData("OBX", 1, "OBR-4", "A")]
    [InlineData("OBX", 3, "OBR-4", "B")]
    [InlineData("OBX", 1, "NTE-3", "(absent)")]
    [InlineData("OBX", 2, "NTE-3", "n2")]
    [InlineData("OBX", 2, "NTE[#2]-3", "n3")]
    [InlineData("OBX", 3, "NTE-3", "(absent)")]
    [InlineData("OBR", 1, "OBX-5", "1")]
    [InlineData("OBR", 2, "OBX-5", "3")]
    [InlineData("OBR", 3, "OBX-5", "(absent)")]
    [InlineData("OBR", 1, "NTE-3", "n1")]
    [InlineData("OBX", 1, "PID-1", "p")]
    public void Parents_children_and_notes_are_told_apart(string scope, int occurrence, string path, string says)
    {
        var message = Sample.With(
            "PID|p\rNTE|||n0\rIN1|1\rIN1|2\rIN2|||two\rZIN|z\rACC|acc\r" +
            "OBR||||A\rNTE|||n1\rOBX|||||1\rOBX|||||2\rNTE|||n2\rNTE|||n3\rOBR||||B\rOBX|||||3\rOBR||||C");

        Sample.Said(Hl7Path.Parse(path).Get(message, message.Find(scope, occurrence))).Should().Be(says);
    }

    [Theory]
    [InlineData("PID-13[2=PRN?,3=PH?]")]
    [InlineData("OBX[3.1=8480-6]-5[#2].1.2")]
    [InlineData("PID-3[4='mm[Hg]'*,5!=X,6:='a''b']")]
    [InlineData("IN1")]
    [InlineData("IN1[#3]")]
    public void A_path_keeps_its_text(string text)
    {
        var path = Hl7Path.Parse(text);

        path.ToString().Should().Be(text);
        path.Should().Be(Hl7Path.Parse(text)).And.NotBe(Hl7Path.Parse("PID-1"));
    }

    [Fact]
    public void The_parts_of_a_path_can_be_asked_for()
    {
        var path = Hl7Path.Parse("OBX[3.1=8480-6]-5[2.1=a?,3!=b,4='c'*,5:=d].6.7");

        path.Segment.Should().Be("OBX");
        path.Field.Should().Be(5);
        path.Component.Should().Be(6);
        path.SubComponent.Should().Be(7);
        path.SegmentSelector!.Conditions.Should().ContainSingle().Which.Key.Should().Be("3.1");
        path.FieldSelector!.Conditions.Select(condition => (condition.Key, condition.Kind, condition.Value)).Should().Equal(
            ("2.1", Hl7ConditionKind.IsOrUnsaid, "a"),
            ("3", Hl7ConditionKind.IsNot, "b"),
            ("4", Hl7ConditionKind.StartsWith, "c"),
            ("5", Hl7ConditionKind.Sets, "d"));
    }

    [Theory]
    [InlineData("", 0, "expected a segment's name: a capital letter and two capital letters or digits, e.g. PID")]
    [InlineData("PI", 0, "expected a segment's name: a capital letter and two capital letters or digits, e.g. PID")]
    [InlineData("pid-3", 0, "expected a segment's name: a capital letter and two capital letters or digits, e.g. PID")]
    [InlineData("PID.3", 3, "expected '-' before a field's number")]
    [InlineData("PIDX", 3, "expected '-' and a field's number, '[' or the end")]
    [InlineData("PID-", 4, "expected a field's number")]
    [InlineData("PID-x", 4, "expected a field's number")]
    [InlineData("PID-0", 4, "numbers count from 1")]
    [InlineData("PID-03", 4, "a number is written without leading zeros")]
    [InlineData("PID-99999", 4, "the number is too large")]
    [InlineData("PID-99999999999", 4, "expected a field's number")]
    [InlineData("PID-3.", 6, "expected a component's number")]
    [InlineData("PID-3 ", 5, "expected '.' and a component's number, '[' or the end")]
    [InlineData("PID-3.1x", 7, "expected '.' and a sub-component's number or the end")]
    [InlineData("PID-3.1.", 8, "expected a sub-component's number")]
    [InlineData("PID-3.1.2.3", 9, "expected the end: nothing lies below a sub-component")]
    [InlineData("PID-3.1[2=a]", 7, "expected '.' and a sub-component's number or the end")]
    [InlineData("PID-3[", 6, "expected a condition such as 3=CP, or #2")]
    [InlineData("PID-3[]", 6, "expected a condition such as 3=CP, or #2")]
    [InlineData("OBX[]-3", 4, "expected a condition such as 3.1=8480-6, or #2")]
    [InlineData("PID-3[#0]", 7, "numbers count from 1")]
    [InlineData("PID-3[#x]", 7, "expected a number, counted from 1")]
    [InlineData("PID-3[#1,2=a]", 8, "expected , or ]")]
    [InlineData("PID-3[4]", 7, "expected =, != or :=")]
    [InlineData("PID-3[4~a]", 7, "expected =, != or :=")]
    [InlineData("PID-3[4=]", 8, "expected a value")]
    [InlineData("PID-3[4=?]", 8, "expected a value")]
    [InlineData("PID-3[4=a", 9, "expected , or ]")]
    [InlineData("PID-3[4=a,", 10, "expected a condition such as 3=CP, or #2")]
    [InlineData("PID-3[4= a]", 8, "a value that begins or ends with a blank must be quoted")]
    [InlineData("PID-3[4=a'b]", 9, "a value with ' or [ in it must be quoted")]
    [InlineData("PID-3[6=mm[Hg]]", 10, "a value with ' or [ in it must be quoted")]
    [InlineData("PID-3[4='a]", 8, "the quote is never closed")]
    [InlineData("PID-3[4='']", 8, "expected a value between the quotes")]
    [InlineData("PID-3[4!=a?]", 10, "? and * go with = only")]
    [InlineData("PID-3[4:=a*]", 10, "? and * go with = only")]
    [InlineData("PID-3[4.1.1=a]", 9, "expected =, != or :=")]
    [InlineData("PID-3[4=a]]", 10, "expected '.' and a component's number, '[' or the end")]
    public void What_is_no_path_is_refused_at_its_column(string text, int column, string reason)
    {
        Hl7Path.TryParse(text, out var path, out var error).Should().BeFalse();

        path.Should().BeNull();
        error.Should().Be(new Hl7PathError(column, reason));
    }

    [Fact]
    public void Parse_throws_the_error_with_its_column()
    {
        var parse = () => Hl7Path.Parse("PID-0");

        parse.Should().Throw<FormatException>().WithMessage("'PID-0', column 5: numbers count from 1");
    }
}
