using System.Text.Json;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli.Maps;

/// <summary><c>map explain</c> as a person runs it, beside an engine and where none runs.</summary>
public sealed class MapExplainCommandTests : IDisposable
{
    private readonly MapDiffStore _folder = new("");

    public void Dispose() => _folder.Delete();

    [Fact]
    public async Task The_story_of_a_value_is_told_a_line_for_each_thing()
    {
        await ReceiveAsync("guide-a04.hl7");

        var ran = await _folder.RunAsync("map", "explain", "patient", "12345", "phone_mobile", "--practice", "1959", "--show-values");

        ran.Code.Should().Be(0, ran.Error);
        ran.Out.Should().Match("""
            phone_mobile   +15555555678   since 2022-03-15 14:26:58 -05:00
              came from    ADT^A04 12345 (message ?????????????), PID-14, bytes 241–253   "(555)555-5678"
              cell         practices/1959/patient.map.md:12:21   HL7 v2 = PID-14   (overrides athenahealth/patient.map.md:31:25 PID-13[2:=ORN,3=CP])
                           "this practice sends the cell number in PID-14 (ticket 4471)"
              steps        XTN.1 "(555)555-5678" → digits 5555555678 → region US → +15555555678
              before       (empty)
              not used     PID-13 "(555)555-1234": went to phone_home (athenahealth/patient.map.md:30:25)
              noted        MAP517 a telephone number that is not given out by the numbering plan.
              map set      ???????????? (athenahealth 1 + profile guide 1 + practice 1959 1), deployed ????-??-?? ??:??:?? -0?:00 by an engine that started

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Without_a_field_there_is_a_line_for_each_and_no_value_is_shown()
    {
        await ReceiveAsync("guide-a04.hl7", "guide-a08-delete.hl7");

        var ran = await _folder.RunAsync("map", "explain", "patient", "12345", "--practice", "1959");

        ran.Code.Should().Be(0, ran.Error);
        ran.Out.Should().MatchRegex(@"phone_home +\+########### +2022-03-15 14:26:58 -05:00 +ADT\^A04 12345 +PID-13 +athenahealth/patient\.map\.md:30:25")
            .And.MatchRegex(@"phone_mobile +\(cleared\) +2022-03-16 08:00:00 -05:00")
            .And.Contain("No message has said: ").And.EndWith("--show-values shows themselves.\n");
        ran.Out.Should().NotContainAny("JOHN", "DOE", "1980-05-15", "MAIN", "SPRINGFIELD", "2106-3");
    }

    [Fact]
    public async Task A_field_that_nothing_has_said_names_its_cells()
    {
        await ReceiveAsync("guide-a04.hl7");

        var ran = await _folder.RunAsync("map", "explain", "patient", "12345", "ethnicity", "--practice", "1959");

        ran.Out.Should().StartWith("ethnicity   (empty)\n  came from    nothing: no message has said it\n  would come   athenahealth/patient.map.md:36:25   HL7 v2 = PID-22\n")
            .And.Contain("The latest message, ADT^A04 12345, has nothing at PID-22.");
    }

    [Fact]
    public async Task It_asks_an_engine_that_runs_and_nothing_of_a_patient_is_in_its_log()
    {
        var loggers = new RecordingLoggers();
        await using (var engine = await EngineHost.StartAsync(_folder.Settings, loggers, TimeProvider.System, default))
        {
            await engine.Core.Intake.AcceptAsync(new(TestEngine.Sample("guide-a04.hl7"), _folder.Settings.Sources[0].Binding), default);

            var ran = await _folder.RunAsync("map", "explain", "patient", "12345", "last_name", "--practice", "1959", "--json", "--show-values");
            var lost = await _folder.RunAsync("map", "explain", "patient", "12345", "surname", "--practice", "1959");

            JsonDocument.Parse(ran.Out).RootElement.GetProperty("fields")[0].GetProperty("value").GetString().Should().Be("DOE");
            (lost.Code, lost.Error).Should().Match<(int Code, string Error)>(one => one.Code == 1 && one.Error.StartsWith("patient has no field surname."));
        }

        loggers.Lines.Should().NotBeEmpty();
        loggers.Lines.Where(line => line.Text.Contains("DOE", StringComparison.Ordinal) || line.Text.Contains("JOHN", StringComparison.Ordinal)).Should().BeEmpty();
    }

    private Task ReceiveAsync(params string[] samples) => _folder.ReceiveAsync([.. samples.Select(sample => System.Text.Encoding.UTF8.GetString(TestEngine.Sample(sample)))]);
}
