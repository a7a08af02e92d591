using System.Globalization;
using System.Text;

namespace InterfaceEngine.Benchmarks.Files;

/// <summary>A file of invented patients with the columns of the guide's: each night's is the one before it and a row more.</summary>
internal static class NightlyFile
{
    private const string Columns = "PatientID,FirstName,LastName,DOB,Gender,Address1,Address2,City,State,Zip,Phone,Email,InsuranceProvider,MemberID,GroupNumber";

    private static readonly string[] _first = ["Ann", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hope", "Ira", "Jo"];
    private static readonly string[] _last = ["Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple", "Oak", "Pine"];
    private static readonly string[] _plans = ["Blue Cross", "Aetna", "Cigna", "Humana"];

    public static string Write(string folder, string name, int rows)
    {
        var path = Path.Combine(folder, name);
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), bufferSize: 1 << 16) { NewLine = "\n" };
        file.WriteLine(Columns);
        for (var row = 1; row <= rows; row++)
        {
            var (year, month, day) = (1930 + (row % 90), 1 + (row % 12), 1 + (row % 28));
            file.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{100_000 + row},{_first[row % _first.Length]},{_last[row % _last.Length]}{row % 997},{year}-{month:00}-{day:00},{(row % 2 == 0 ? 'M' : 'F')},{row % 9999} Main St,,Springfield,IL,{62000 + (row % 999)},555{1000000 + row},p{row}@example.com,{_plans[row % _plans.Length]},M{500_000_000 + row},G{row % 5000:0000}"));
        }

        return path;
    }
}
