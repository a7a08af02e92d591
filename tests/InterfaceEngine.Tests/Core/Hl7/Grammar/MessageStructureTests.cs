using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Grammar;

namespace InterfaceEngine.Tests.Core.Hl7.Grammar;

public sealed class MessageStructureTests
{
    public static TheoryData<string> Versions => ["2.3", "2.3.1", "2.5.1"];

    [Theory]
    [InlineData("MSH [PID]", "MSH", true)]
    [InlineData("MSH [PID]", "MSH PID", true)]
    [InlineData("MSH [PID]", "MSH PID PID", false)]
    [InlineData("MSH {PID}", "MSH", false)]
    [InlineData("MSH {PID}", "MSH PID PID PID", true)]
    [InlineData("MSH {[PID]}", "MSH", true)]
    [InlineData("MSH {[PID]}", "MSH PID PID", true)]
    [InlineData("MSH {[PID [PV1]]} DSC", "MSH PID PV1 PID PID PV1 DSC", true)]
    [InlineData("MSH {[PID [PV1]]} DSC", "MSH PV1 DSC", false)]
    [InlineData("MSH <PID|PV1> DSC", "MSH PV1 DSC", true)]
    [InlineData("MSH <PID|PV1> DSC", "MSH PID DSC", true)]
    [InlineData("MSH <PID|PV1> DSC", "MSH PID PV1 DSC", false)]
    [InlineData("MSH <PID|PV1> DSC", "MSH DSC", false)]
    [InlineData("MSH {OBX {[NTE]}} {[NTE]}", "MSH OBX NTE NTE OBX NTE", true)]
    [InlineData("MSH [PID]", "MSH ZAA PID ZBB", true)]
    public void A_structure_says_which_segments_come_in_which_order(string notation, string segments, bool isFollowed) =>
        SegmentOrder.IsFollowed(Message(segments), MessageStructure.Of("XXX_X01", notation)).Should().Be(isFollowed);

    [Theory]
    [InlineData("MSH [PID")]
    [InlineData("MSH PID]")]
    [InlineData("MSH {PID]")]
    [InlineData("MSH <PID PV1>")]
    [InlineData("MSH <PID|PV1")]
    [InlineData("MSH Pid")]
    [InlineData("MSH PI")]
    public void A_notation_that_is_none_is_refused(string notation) =>
        FluentActions.Invoking(() => MessageStructure.Of("XXX_X01", notation)).Should().Throw<FormatException>();

    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_structure_of_a_version_compiles_and_names_only_its_segments(string version)
    {
        var grammar = GrammarVersion.For(version);
        grammar.Structures.Names.Count.Should().BeGreaterThan(100);
        foreach (var name in grammar.Structures.Names)
        {
            var structure = grammar.Structures.Find(name)!;

            structure.Positions[0].Name.Should().Be("MSH", name);
            StatesOf(structure).Should().BeLessThan(3 * structure.Positions.Count, "{0} stays as small as its notation", name);
            structure.Positions.Where(position => grammar.Segment(position.Key) is null).Select(position => position.Name).Should().BeEmpty(name);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_event_of_a_version_has_a_structure_of_it(string version)
    {
        var structures = GrammarVersion.For(version).Structures;

        structures.Events.Where(entry => structures.Find(entry.Value) is null).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_field_of_a_version_has_a_type_of_it_and_a_place_without_gaps(string version)
    {
        var grammar = GrammarVersion.For(version);
        foreach (var segment in grammar.Segments.Values)
        {
            segment.Fields.Select(field => field.Number).Should().Equal(Enumerable.Range(1, segment.Fields.Count), segment.Name);
            segment.Fields.Where(field => field.Type is not ("varies" or "CM" or "CQ_QUANTITY") && !grammar.Types.ContainsKey(field.Type))
                .Should().BeEmpty(segment.Name);
        }
    }

    [Theory]
    [InlineData("ADT^A01", "2.3", "ADT_A01")]
    [InlineData("ADT^A08", "2.3", "ADT_A01")]
    [InlineData("ADT^A08^ADT_A08", "2.3", "ADT_A01")]
    [InlineData("ADT^A31", "2.3", "ADT_A01")]
    [InlineData("ADT^A31", "2.5.1", "ADT_A05")]
    [InlineData("ADT^A40", "2.3.1", "ADT_A39")]
    [InlineData("ADT^A34", "2.3", "ADT_A30")]
    [InlineData("ADT^A23", "2.5", "ADT_A21")]
    [InlineData("SIU^S14^SIU_S14", "2.5.1", "SIU_S12")]
    [InlineData("SIU^S26", "2.3", "SIU_S12")]
    [InlineData("SIU", "2.3", "SIU_S12")]
    [InlineData("ORU^R01", "2.4", "ORU_R01")]
    [InlineData("MDM^T04", "2.3", "MDM_T02")]
    [InlineData("MDM^T11", "2.3", "MDM_T01")]
    [InlineData("DFT^P03", "2.2", "DFT_P03")]
    [InlineData("ACK^A04^ACK", "2.5.1", "ACK")]
    [InlineData("ACK", "2.3", "ACK")]
    [InlineData("XYZ^X99^ADT_A01", "2.3", "ADT_A01")]
    [InlineData("ADT^Z99", "2.3", null)]
    [InlineData("ADT", "2.3", null)]
    [InlineData("XYZ^X99", "2.3", null)]
    public void The_event_decides_the_structure(string messageType, string version, string? structure) =>
        GrammarVersion.For(version).Structures.Of(Hl7Message.Parse(Bytes($"MSH|^~\\&|A|B|C|D|20260101||{messageType}|1|P|{version}\r")))?.Name.Should().Be(structure);

    [Theory]
    [InlineData("2.1", "2.3")]
    [InlineData("2.2", "2.3")]
    [InlineData("2.3", "2.3")]
    [InlineData("2.3.1", "2.3.1")]
    [InlineData("2.3.2", "2.3.1")]
    [InlineData("2.4", "2.5.1")]
    [InlineData("2.5", "2.5.1")]
    [InlineData("2.5.1", "2.5.1")]
    [InlineData("2.6", "2.5.1")]
    [InlineData("2.9", "2.5.1")]
    [InlineData("", "2.3")]
    [InlineData("two", "2.3")]
    public void A_version_without_a_grammar_is_checked_against_the_nearest(string said, string used) =>
        GrammarVersion.For(said).Version.ToString().Should().Be(used);

    /// <summary>How many states it was compiled to: all that follow from the start, or from any one position.</summary>
    private static int StatesOf(MessageStructure structure)
    {
        var keys = structure.Positions.Select(position => position.Key).Distinct().ToList();
        HashSet<int> states = [MessageStructure.Start, .. Enumerable.Range(0, structure.Positions.Count).Select(structure.StateAt)];
        for (var open = new Queue<int>(states); open.TryDequeue(out var state);)
        {
            foreach (var next in keys.Select(key => structure.Next(state, key)).Where(next => next >= 0 && states.Add(next)))
            {
                open.Enqueue(next);
            }
        }

        return states.Count;
    }

    private static Hl7Message Message(string segments) =>
        Hl7Message.Parse(Bytes(string.Concat(segments.Split(' ').Select(name => name == "MSH" ? "MSH|^~\\&|\r" : $"{name}|1\r"))));

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
