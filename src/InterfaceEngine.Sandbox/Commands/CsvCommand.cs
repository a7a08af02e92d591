using System.CommandLine;
using InterfaceEngine.Sandbox.Feed;

namespace InterfaceEngine.Sandbox.Commands;

/// <summary><c>csv</c>: writes what the clinic has at the end of a day as a nightly file of its people and one of their visits.</summary>
internal static class CsvCommand
{
    private const string PatientsFile = "patients.csv";
    private const string AppointmentsFile = "appointments.csv";

    public static void AddTo(Command root, TextWriter output)
    {
        var feed = new FeedArguments();
        var folder = new Option<string>("--to") { Description = $"The folder to write {PatientsFile} and {AppointmentsFile} to; it is made where there is none, and files of before are replaced.", HelpName = "FOLDER", Required = true };
        var command = new Command("csv", "Writes the people and visits of a clinic's day as CSV files, in the guide's columns.") { folder };
        foreach (var option in feed.All)
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => RunAsync(feed.Read(parsed), parsed.GetValue(folder)!, output, cancellationToken));
        root.Add(command);
    }

    private static async Task<int> RunAsync(ClinicFeed feed, string folder, TextWriter output, CancellationToken cancellationToken)
    {
        foreach (var _ in feed.Day.Run())
        {
            // What the clinic has is whole when its day is over.
            cancellationToken.ThrowIfCancellationRequested();
        }

        Directory.CreateDirectory(folder);
        foreach (var (name, lines) in ((string, IEnumerable<string>)[])[(PatientsFile, GuideFiles.Patients(feed.Day.Charts)), (AppointmentsFile, GuideFiles.Appointments(feed.Day.Charts))])
        {
            // Under another name first: whoever polls the folder never finds half of a file.
            var (file, written) = (Path.Combine(folder, name), lines.ToList());
            await File.WriteAllLinesAsync($"{file}.part", written, cancellationToken);
            File.Move($"{file}.part", file, overwrite: true);
            Accounts.Line(output, name, written.Count - 1);
        }

        return ExitCode.Done;
    }
}
