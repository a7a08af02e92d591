using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>Everything a map file can say wrongly, each in a small map of its own.</summary>
public sealed class MapRefusalTests
{
    [Theory]
    [InlineData("map: patient", "2:6: error MAP103 the header says map: patient, and the file's name says note.")]
    [InlineData("practice: 1959", "2:11: error MAP103 the header says practice: 1959, and the file is not in a practice's folder.")]
    [InlineData("profile: guide", "2:10: error MAP103 the header says profile: guide, and the file is not in a profile's folder.")]
    [InlineData("for: cerner", "2:6: error MAP103 the header says for: cerner, and the folder says athenahealth.")]
    [InlineData("extends: cerner", "2:10: error MAP103 the header says extends: cerner, and the folder says athenahealth.")]
    [InlineData("zone: clinic", "2:7: error MAP102 zone: can't be 'clinic'.")]
    [InlineData("zone: location, athenaNet time zone, practice", "2:7: error MAP102 zone: can't be 'location, athenaNet time zone, practice'.")]
    [InlineData("zone: location, FHIR zone, practice", "2:7: error MAP102 zone: can't be 'location, FHIR zone, practice'.")]
    [InlineData("zone: practice, location", "2:7: error MAP102 zone: can't be 'practice, location'.")]
    [InlineData("region: USA", "2:9: error MAP102 region: can't be 'USA'.")]
    [InlineData("CSV empty: yes", "2:12: error MAP102 CSV empty: can't be 'yes'.")]
    [InlineData("each: in1", "2:7: error MAP102 each: can't be 'in1'.")]
    [InlineData("list: whole", "2:7: error MAP102 list: can't be 'whole'.")]
    [InlineData("list: full, XML partial", "2:13: error MAP102 list: can't be 'XML partial'.")]
    [InlineData("list: full", "2:7: error MAP236 note is a list, and no field says whose.")]
    [InlineData("key: txt", "2:6: error MAP203 txt is not a field of note.")]
    [InlineData("key: text", "4:3: error MAP234 two things identify a note: id or text.", 6, 6)]
    [InlineData("when: lenght(text) > 1", "2:7: error MAP352 there is no function lenght.")]
    [InlineData("when: text", "2:7: error MAP350 text is a text; a condition is needed here.")]
    [InlineData("key: id, repeat, txt", "2:18: error MAP203 txt is not a field of note.")]
    [InlineData("run: OBX-3, OBX-4", "2:6: error MAP102 run: needs each:, the segment that makes one record each.")]
    [InlineData("HL7 v2: write only", "2:9: error MAP102 HL7 v2: can't be 'write only'.")]
    [InlineData("former: text", "2:9: error MAP102 former: can't be 'text'.")]
    [InlineData("former: text in text", "2:9: error MAP102 former: can't be 'text in text'.")]
    [InlineData("former: text in old", "2:9: error MAP203 note has no fields old.…")]
    [InlineData("joins: text", "2:8: error MAP102 joins: can't be 'text'.")]
    [InlineData("joins: text, id?", "2:14: error MAP102 joins: can't be 'id?'.")]
    [InlineData("joins: text, id = txt", "2:14: error MAP102 joins: can't be 'id = txt'.")]
    [InlineData("joins: text, id? by", "2:14: error MAP102 joins: can't be 'id? by'.")]
    [InlineData("joins: text, id? by text", "2:14: error MAP102 joins: can't be 'id? by text'.")]
    [InlineData("owner: me", "2:1: error MAP101 'owner' is not a header key.")]
    public void A_wrong_header_is_refused(string line, string expected, int _ = 0, int column = 0)
    {
        var problems = Load(DesignExample.Map(Fields, line));

        // The second identity is shown at its rule.
        var position = column == 0 ? expected : expected.Replace("4:3:", "6:23:", StringComparison.Ordinal);
        problems.Should().Contain($"mappings/athenahealth/note.map.md:{position}");
    }

    [Theory]
    [InlineData("run: OBX-3", "3:6: error MAP102 run: can't be 'OBX-3'.")]
    [InlineData("run: OBX-3, OBR-4 when HL7:OBX-2 = 'TX'", "3:13: error MAP102 OBR-4 is not a field of OBX.")]
    [InlineData("run: OBX-99 when HL7:OBX-2 = 'TX'", "3:6: error MAP102 OBX-99 is not a field of OBX.")]
    [InlineData("run: OBX-3 when HL7:OBX-2", "3:17: error MAP350 HL7:OBX-2 is a text; a condition is needed here.")]
    public void A_wrong_run_is_refused(string line, string expected) =>
        Load(DesignExample.Map(Fields, "each: OBX\n" + line)).Should().Contain($"mappings/athenahealth/note.map.md:{expected}");

    [Fact]
    public void A_former_value_of_no_field_is_refused() =>
        Load(DesignExample.Map("| Practice Studio | As | Rule |\n|---|---|---|\n| id | text | key |\n| value.text | text | |\n| old.txet | text | |", "former: value in old"))
            .Should().Contain("mappings/athenahealth/note.map.md:2:9: error MAP203 old.txet would keep value.txet, which is not a field of note.");

    [Theory]
    [InlineData("PID", "error MAP202 PID is a whole segment; a cell names a field of it.", 14)]
    [InlineData("PID.5", "error MAP202 PID.5 is not a place in HL7 v2: expected '-' before a field's number.", 17)]
    [InlineData("PID-5[", "error MAP202 PID-5[ is not a place in HL7 v2: expected a condition such as 3=CP, or #2.", 20)]
    [InlineData("PDI-5", "error MAP201 PDI-5 does not exist: HL7 v2 has no segment PDI.", 14)]
    [InlineData("PID-5 or PID-51", "error MAP201 PID-51 does not exist: PID has 39 fields.", 23)]
    [InlineData("PID-5 + PID-52", "error MAP201 PID-52 does not exist: PID has 39 fields.", 22)]
    [InlineData("read:", "error MAP202 read: is followed by no place.", 14)]
    [InlineData("read: uper(PID-5)", "error MAP352 there is no function uper.", 20)]
    [InlineData("write: left(text)", "error MAP202 write: says what is written but not where.", 21)]
    [InlineData("write: 'x'", "error MAP202 write: says what is written but not where.", 21)]
    [InlineData("write: PID-99 = 'x'", "error MAP201 PID-99 does not exist: PID has 39 fields.", 21)]
    [InlineData("write: PID-5.1 = uper(text)", "error MAP352 there is no function uper.", 31)]
    [InlineData("write: PID-5.1 = txet", "error MAP203 txet is not a field of note.", 31)]
    [InlineData("read: PID-5; write: PID-99", "error MAP201 PID-99 does not exist: PID has 39 fields.", 34)]
    [InlineData("read: PID-99; write: PID-5", "error MAP201 PID-99 does not exist: PID has 39 fields.", 20)]
    [InlineData("read: left(PID-99, 1)", "error MAP201 PID-99 does not exist: PID has 39 fields.", 25)]
    public void A_wrong_HL7_cell_is_refused_where_it_goes_wrong(string cell, string expected, int column)
    {
        var problems = Load(DesignExample.Map($"| Practice Studio | HL7 v2 | As | Rule |\n|---|---|---|---|\n| id | SCH-1 | text | key |\n| text     | {cell} | text | |"));

        problems.Should().Contain($"mappings/athenahealth/note.map.md:7:{column}: {expected}");
    }

    [Theory]
    [InlineData("CSV", "Home Phone", "MAP202 Home Phone is not a column's name.", 0)]
    [InlineData("CSV", "\"\"", "MAP202 \"\" is not a column's name.", 0)]
    [InlineData("athenaNet", "a[b", "MAP202 a[b is not a path: expected =, != or :=.", 3)]
    [InlineData("athenaNet", "a..b", "MAP202 a..b is not a path: expected a property's name.", 2)]
    [InlineData("athenaNet", "a:date", "MAP202 a:date is not a path: expected int or bool.", 2)]
    [InlineData("athenaNet", "a b", "MAP202 a b is not a path: expected '.', '[', ':int', ':bool' or the end.", 1)]
    [InlineData("FHIR R4", "a[#0]", "MAP202 a[#0] is not a path: expected a number, counted from 1.", 4)]
    [InlineData("FHIR R4", "a[#1,b=c]", "MAP202 a[#1,b=c] is not a path: a number stands alone: [#2].", 9)]
    [InlineData("FHIR R4", "a[b=]", "MAP202 a[b=] is not a path: expected a value.", 4)]
    [InlineData("FHIR R4", "a[b='c]", "MAP202 a[b='c] is not a path: the quote is never closed.", 4)]
    [InlineData("CSV", "ID like 'a-{}'", "MAP202 a place in CSV has no frame.", 8)]
    [InlineData("FHIR R4", "id like 'a-'", "MAP202 'a-' is not a frame.", 8)]
    [InlineData("FHIR R4", "id like 'a-{}", "MAP202 'a-{} is not a frame.", 8)]
    [InlineData("FHIR R4", "id like '", "MAP202 ' is not a frame.", 8)]
    [InlineData("FHIR R4", "id like ''", "MAP202 '' is not a frame.", 8)]
    [InlineData("FHIR R4", "read: id like '", "MAP202 ' is not a frame.", 14)]
    [InlineData("FHIR R4", "a + id like 'a-{}'", "MAP202 only one place can have a frame (like).", 12)]
    [InlineData("FHIR R4", "$patent.id", "MAP206 there is no shortcut $patent.", 0)]
    public void A_wrong_cell_of_another_format_is_refused_where_it_goes_wrong(string format, string cell, string expected, int offset)
    {
        var problems = Load(DesignExample.Map($"| Practice Studio | {format} | As | Rule |\n|---|---|---|---|\n| id | a | text | key |\n| text | {cell} | text | |"));

        problems.Should().Contain($"mappings/athenahealth/note.map.md:7:{10 + offset}: error {expected}");
    }

    [Theory]
    [InlineData("txet", "MAP211 there is no As 'txet'.", "Did you mean text?")]
    [InlineData("code", "MAP211 code needs a code table.", "For example: code sex.")]
    [InlineData("ref", "MAP211 ref needs the kind of record it names.", "For example: ref patient.")]
    [InlineData("ref patent", "MAP223 there is no kind of record 'patent'.", "Did you mean patient?")]
    [InlineData("x:money", "MAP211 no codec 'money' is registered.", "An x: type is compiled C# with Read, Write and Generate, which the host registers.")]
    [InlineData("text like 'a-{practice}'", "MAP211 'a-{practice}' is not a frame.", "*{} once*")]
    [InlineData("text like a-{}", "MAP211 a-{} is not a frame.", "*is quoted*")]
    [InlineData("text like '{}{}'", "MAP211 '{}{}' is not a frame.", "*{} once*")]
    [InlineData("text like '{other}{}'", "MAP211 '{other}{}' is not a frame.", "*{practice} is*")]
    [InlineData("date like 'a-{}'", "MAP211 only text and ref can have a frame (like).", "*")]
    public void A_wrong_As_is_refused(string clause, string expected, string help)
    {
        var problem = Find(DesignExample.Map($"| Practice Studio | As | Rule |\n|---|---|---|\n| id | text | key |\n| text | {clause} | |"), expected);

        problem.Line.Should().Be(7);
        problem.Help.Should().Match(help);
    }

    [Theory]
    [InlineData("requird", "14: error MAP230 there is no rule 'requird'.", "Did you mean required?")]
    [InlineData("blue", "14: error MAP230 there is no rule 'blue'.", "The rules are *")]
    [InlineData("required; required", "24: error MAP230 the rule required stands twice.", "*")]
    [InlineData("required yes", "14: error MAP230 the rule required takes no value.", "*")]
    [InlineData("max", "14: error MAP230 the rule max needs a value.", "For example: max 60.")]
    [InlineData("required; max many", "28: error MAP230 'many' is not a number of characters.", "For example: max 60.")]
    [InlineData("max 0", "18: error MAP230 '0' is not a number of characters.", "For example: max 60.")]
    [InlineData("matches [0-9]", "22: error MAP230 a pattern is written in single quotes.", "For example: matches '[0-9]{5}'.")]
    [InlineData("matches '['", "22: error MAP230 '[' can't be used as a pattern.", "*")]
    [InlineData("matches '(?=a)'", "22: error MAP230 '(?=a)' can't be used as a pattern.", "*")]
    [InlineData("prefer XML", "21: error MAP230 there is no format 'XML'.", "It is one of HL7 v2, CSV, athenaNet or FHIR R4.")]
    [InlineData("ranks", "14: error MAP230 the rule ranks needs a value.", "For example: ranks preliminary < final.")]
    [InlineData("ranks final", "20: error MAP230 ranks needs a < between what counts less and what counts more.", "For example: ranks preliminary < final.")]
    [InlineData("ranks a < b, a", "24: error MAP230 a has two ranks.", "A value stands once.")]
    [InlineData("retracted by", "14: error MAP230 the rule retracted by needs a value.", "For example: retracted by deleted.")]
    [InlineData("tells apart", "14: error MAP230 the rule tells apart needs a value.", "For example: tells apart fhir.")]
    [InlineData("tells apart fhir", "14: error MAP234 a can't tell items apart: no header key: says what they are known by.", "*")]
    [InlineData("tells apart fhir in one key", "26: error MAP230 'fhir in one key' is not the name of whoever gives the ids.", "A name has no blank*")]
    [InlineData("tells apart of one key", "26: error MAP230 'of one key' is not the name of whoever gives the ids.", "A name has no blank*")]
    [InlineData("tells apart fhir of one key", "14: error MAP234 a can't go over to another item: a note never ends.", "Of one key is for the items of a list*")]
    [InlineData("alias", "14: error MAP230 the rule alias needs a value.", "For example: alias visit-number.")]
    [InlineData("finds placer like a-{}", "32: error MAP230 a-{} is not a frame.", "A frame is quoted and holds {} once*")]
    [InlineData("finds placer like 'a'", "32: error MAP230 'a' is not a frame.", "*")]
    public void A_wrong_rule_is_refused(string rule, string expected, string help)
    {
        var text = DesignExample.Map($"| Practice Studio | As | Rule |\n|---|---|---|\n| id | text | key |\n| a | text | {rule} |");

        var problem = DesignExample.Load(("athenahealth/note.map.md", text)).Problems.Should().ContainSingle(problem => problem.ToShortText() == $"mappings/athenahealth/note.map.md:7:{expected}").Subject;
        problem.Help.Should().Match(help);
    }

    [Theory]
    [InlineData("default man", "MAP221 man is not a code of sex.")]
    [InlineData("one of male, femal", "MAP221 femal is not a code of sex.")]
    [InlineData("closed by males", "MAP221 males is not a code of sex.")]
    [InlineData("reopened by males", "MAP221 males is not a code of sex.")]
    [InlineData("look up by day", "MAP230 look up by day needs a date or an instant; this is code.")]
    public void The_values_of_a_rule_must_fit_the_field(string rule, string expected) =>
        Find(DesignExample.Map($"| Practice Studio | As | Rule |\n|---|---|---|\n| id | text | key |\n| a | code sex | {rule} |"), expected).Line.Should().Be(7);

    [Theory]
    [InlineData("First_Name", "MAP204 'First_Name' is not a field's name.")]
    [InlineData("(text", "MAP204 '(text' is not a field's name.")]
    [InlineData("a.b.c", "MAP204 'a.b.c' is not a field's name.")]
    [InlineData("id", "MAP205 id stands in line 6 already.")]
    [InlineData("", "MAP121 the row names no field.")]
    public void A_wrong_field_name_is_refused(string name, string expected) =>
        Find(DesignExample.Map($"| Practice Studio | As | Rule |\n|---|---|---|\n| id | text | key |\n| {name} | text | |"), expected).Line.Should().Be(7);

    [Theory]
    [InlineData("| Practice Studio | HL7 v3 |", "MAP111 there is no column 'HL7 v3'.")]
    [InlineData("| Practice Studio | Role |", "MAP111 there is no column 'Role'.")]
    [InlineData("| Practice Studio | Field |", "MAP111 the column Practice Studio stands twice.")]
    public void A_wrong_column_is_refused(string header, string expected) =>
        Find(DesignExample.Map($"{header}\n|---|---|\n| id | |"), expected).Line.Should().Be(4);

    [Theory]
    [InlineData("## Mesages\n\n| Message | Does |\n|---|---|\n| ADT^A04 | create |", "8:4: error MAP111 there is no section 'Mesages'.")]
    [InlineData("## Remarks\n\n|\n|---|\n", "10:1: error MAP110 the table's header has no cell.")]
    [InlineData("## Messages\n\n |\n|-|\n|\n", "10:2: error MAP110 the table's header has no cell.")]
    [InlineData("## History\n\n| Year | What |\n|---|---|\n| 2020 | begun |", "10:3: warning MAP111 this table means nothing here: it has no column Practice Studio, and its heading is no section's.")]
    [InlineData("## Messages\n\n| Message | Do |\n|---|---|\n| ADT^A04 | create |", "10:13: error MAP111 Messages has no column 'Do'.")]
    [InlineData("## Messages\n\n| Message |\n|---|\n| ADT^A04 |", "8:4: error MAP111 Messages needs a column 'Does'.")]
    [InlineData("## Messages\n\n| Message | Does |\n|---|---|\n| ADT A04 | create |", "12:3: error MAP370 'ADT A04' is not a message.")]
    [InlineData("## Messages\n\n| Message | Does |\n|---|---|\n| ADT^A04 | upsert |", "12:13: error MAP370 a message can't 'upsert'.")]
    [InlineData("## Messages\n\n| Message | Does |\n|---|---|\n| ADT^A04 | |", "12:13: error MAP370 what ADT^A04 does is missing.")]
    [InlineData("## Messages\n\n| Message | Does |\n|---|---|\n| ADT^A04, ADT^A04 | create |", "12:12: error MAP370 ADT^A04 stands in line 12 already.")]
    [InlineData("## Messages\n\n| Message | Does | Sets |\n|---|---|---|\n| ADT^A04 | create | txt = 'a' |", "12:22: error MAP203 txt is not a field of note.")]
    [InlineData("## Messages\n\n| Message | Does | Sets |\n|---|---|---|\n| ADT^A04 | create | text |", "12:22: error MAP351 An assignment is written field = value.")]
    [InlineData("## Checks\n\n| Must hold | If not | Say |\n|---|---|---|\n| text | warn | no |", "12:3: error MAP350 text is a text; a condition is needed here.")]
    [InlineData("## Checks\n\n| Must hold | If not | Say |\n|---|---|---|\n| present(text) | stop | no |", "12:19: error MAP371 a check can't 'stop'.")]
    [InlineData("## Checks\n\n| Must hold | If not | Say |\n|---|---|---|\n| present(text) | | no |", "12:19: error MAP371 what happens if the check fails is missing.")]
    [InlineData("## Checks\n\n| Must hold | If not | Say |\n|---|---|---|\n| present(text) | hold | |", "12:26: error MAP371 what the check says when it fails is missing.")]
    [InlineData("## Equations\n\n    text = id", "10:5: error MAP351 An equation has three fields and is written a = b + c.")]
    [InlineData("## Equations\n\n    text = id + txt", "10:17: error MAP203 txt is not a field of note.")]
    [InlineData("## Not mapped\n\n| Source | Why |\n|---|---|\n| PID-14 | no |", "12:3: error MAP380 'PID-14' does not begin with a format.")]
    [InlineData("## Not mapped\n\n| Source | Why |\n|---|---|\n| HL7 PID-14, PID-99 | no |", "12:15: error MAP201 PID-99 does not exist: PID has 39 fields.")]
    [InlineData("## Not mapped\n\n| Source | Why |\n|---|---|\n| HL7 GT1, NTE-3 | no |", "12:12: warning MAP380 NTE-3 is listed as not mapped, and text reads it (line 7).")]
    [InlineData("## Shortcuts\n\n| Name | Stands for |\n|---|---|\n| patient | a.b |", "12:13: error MAP206 'patient' is not a shortcut.")]
    public void A_wrong_section_is_refused(string section, string expected)
    {
        var problems = Load(DesignExample.Map(Fields, rest: section));

        problems.Should().Contain($"mappings/athenahealth/note.map.md:{expected}");
    }

    [Fact]
    public void A_row_that_can_never_apply_and_rows_of_two_types_are_said()
    {
        var problems = Load(DesignExample.Map("| Practice Studio | HL7 v2 | As | When | Rule |\n|---|---|---|---|---|\n| id | SCH-1 | text | | key |\n| text | NTE-3 | text | | |\n| text | NTE-2 | date | present(id) | |"));

        problems.Should().Contain("mappings/athenahealth/note.map.md:8:25: warning MAP205 this row of text never applies: the one in line 7 always does.");
        problems.Should().Contain("mappings/athenahealth/note.map.md:8:18: error MAP213 text is text in another row and date here.");
    }

    [Fact]
    public void A_record_without_an_identity_is_said()
    {
        Load(DesignExample.Map("| Practice Studio | As |\n|---|---|\n| text | text |")).Should().Contain("mappings/athenahealth/note.map.md:1:1: warning MAP234 nothing identifies a note.");
    }

    [Theory]
    [InlineData("each: IN1", "2:7: error MAP341 a practice can't set each:, which says what a record is.")]
    [InlineData("key: gender", "2:6: error MAP341 a practice can't set key:, which says what a record is.")]
    [InlineData("list: full", "2:7: error MAP341 a practice can't set list:, which says what a record is.")]
    [InlineData("practice: 1960", "2:11: error MAP103 the header says practice: 1960, and the folder says 1959.")]
    [InlineData("extends: eclinicalworks", "2:10: error MAP103 the header says extends: eclinicalworks, and the settings say athenahealth.")]
    public void A_practice_cannot_say_what_a_record_is(string line, string expected)
    {
        var set = DesignExample.Load(("practices/1959/patient.map.md", MapMergeTests.Override(line, "| gender | PID-8 | |")));

        set.Problems.Select(problem => problem.ToShortText()).Should().Contain($"mappings/practices/1959/patient.map.md:{expected}");
        set.Practices.Should().BeEmpty();
    }

    [Fact]
    public void A_practice_cannot_make_a_list_of_a_single_value_nor_remove_a_type()
    {
        var set = DesignExample.Load(("practices/1959/patient.map.md", "| Practice Studio | As |\n|---|---|\n| race[] | |\n| gender | - |\n"));

        set.Problems.Select(problem => problem.ToShortText()).Should().Contain([
            "mappings/practices/1959/patient.map.md:3:3: error MAP213 race holds one value in mappings/athenahealth/patient.map.md:27.",
            "mappings/practices/1959/patient.map.md:4:12: error MAP211 the As of gender can't be removed."]);
    }

    [Theory]
    [InlineData("practices/1959/patiant.map.md", "1:1: error MAP104 the pack athenahealth has no map patiant.")]
    [InlineData("athenahealth/profiles/guide/patiant.map.md", "1:1: error MAP104 the pack athenahealth has no map patiant.")]
    [InlineData("patient.map.md", "1:1: error MAP103 a file of this name does not belong in this folder.")]
    [InlineData("tests/patient.map.md", "1:1: error MAP103 a file of this name does not belong in this folder.")]
    [InlineData("athenahealth/sex.codes.md", "1:1: error MAP103 a file of this name does not belong in this folder.")]
    [InlineData("athenahealth/providers.ref.md", "1:1: error MAP103 a file of this name does not belong in this folder.")]
    public void A_file_in_the_wrong_place_is_refused(string path, string expected)
    {
        var set = DesignExample.Load((path, "| Practice Studio | As |\n|---|---|\n| gender | |\n"));

        set.Problems.Select(problem => problem.ToShortText()).Should().Contain($"mappings/{path}:{expected}");
    }

    [Fact]
    public void A_practice_the_settings_do_not_know_is_checked_and_said()
    {
        var set = DesignExample.Load(("practices/2210/patient.map.md", MapMergeTests.Override("practice: 2210", "| gender | PID-88 | |")));

        set.Problems.Select(problem => problem.ToShortText()).Should().Contain([
            "mappings/practices/2210:1:1: note MAP104 no practice 2210 is in the settings; its files are checked and not used.",
            "mappings/practices/2210/patient.map.md:6:12: error MAP201 PID-88 does not exist: PID has 39 fields."]);
        set.For("1959").Should().NotBeNull();
    }

    [Fact]
    public void A_vendor_pack_that_is_not_there_is_said()
    {
        var set = MappingSet.Load(DesignExample.Files(), [DesignExample.Practice("9", "athenahelth")]);

        var problem = set.Problems.Single(problem => problem is { Code: "MAP104", Severity: MappingSeverity.Error });
        problem.ToText().Should().Be("mappings/practices/9:1:1: error MAP104 practice 9 uses the vendor pack 'athenahelth', which is not there.\n  Did you mean athenahealth?");
    }

    /// <summary>Line 6 is the key, line 7 a text.</summary>
    private const string Fields = "| Practice Studio | HL7 v2 | As | Rule |\n|---|---|---|---|\n| id | SCH-1 | text | key |\n| text | NTE-3 | text | |";

    private static IEnumerable<string> Load(string map) => DesignExample.Load(("athenahealth/note.map.md", map)).Problems.Select(problem => problem.ToShortText());

    private static MappingProblem Find(string map, string expected) =>
        DesignExample.Load(("athenahealth/note.map.md", map)).Problems.Should().Contain(problem => $"{problem.Code} {problem.Text}" == expected).Which;
}
