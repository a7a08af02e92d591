using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Laws;

/// <summary>
/// L3: one record told in two forms, by two formats of a practice or by two practices' tables in HL7 v2, is read back as the same
/// record, as far as both forms carry it.
/// </summary>
internal static class AgreementLaw
{
    /// <summary>L3 follows from L1 where that holds, so one of as many records is enough.</summary>
    private const int Share = 20;

    public static int RecordsOf(LawOptions options) => Math.Max(1, options.Records / Share);

    /// <summary>Whether two formats agree on generated records.</summary>
    /// <param name="law">The practice's.</param>
    /// <param name="map">A map of it.</param>
    /// <param name="records">What to tell, as often as wanted.</param>
    public static LawReport Formats(WriteReadLaw law, RecordMap map, IEnumerable<StoredRecord> records)
    {
        var rules = MapFormats.All.Select(format => WriteReadLaw.Events(map, format).FirstOrDefault()).OfType<MessageRule>().ToList();
        var (cases, failures) = (0, new List<LawFailure>());
        foreach (var record in records.TakeWhile(_ => failures.Count == 0))
        {
            for (var second = 1; second < rules.Count; second++)
            {
                for (var first = 0; first < second && failures.Count == 0; first++)
                {
                    var (one, other) = (rules[first], rules[second]);
                    if (Sayable(map, one.Format, record) is not { } left || Sayable(map, other.Format, left) is not { } told)
                    {
                        continue;
                    }

                    LawFault? Fault(StoredRecord candidate) => Difference(map, law.Try(map, one, candidate), law.Try(map, other, candidate), one.Format.Title(), other.Format.Title(), out _);
                    var fault = Difference(map, law.Try(map, one, told), law.Try(map, other, told), one.Format.Title(), other.Format.Title(), out var isCompared);
                    cases += isCompared ? 1 : 0;
                    if (fault is not null)
                    {
                        var small = Shrinker.Shrink(map, told, candidate => fault.IsLike(Fault(candidate)));
                        var wrong = law.Try(map, one, small).Carried[fault.Field!] == small[fault.Field!] ? other.Format : one.Format;
                        failures.Add(new LawFailure(Law.Agreement, law.Practice, map.Type, $"{one.Message} and {other.Message}", Fault(small)!.What, LawText.Of(small)) { Cell = LawText.Cell(map, fault.Field, wrong) });
                    }
                }
            }
        }

        return LawReport.Of(Law.Agreement, cases, failures);
    }

    /// <summary>Whether two practices' tables, which are of two profiles as a rule, agree on one event of HL7 v2.</summary>
    public static LawReport Profiles(WriteReadLaw first, WriteReadLaw second, RecordMap map, RecordMap same, IEnumerable<StoredRecord> records)
    {
        var (cases, failures) = (0, new List<LawFailure>());
        foreach (var record in records)
        {
            foreach (var rule in WriteReadLaw.Events(map, MapFormat.Hl7))
            {
                if (same.Messages.FirstOrDefault(known => known.Message == rule.Message && known.Format == MapFormat.Hl7) is not { } theirs || Sayable(same, MapFormat.Hl7, record) is not { } told)
                {
                    continue;
                }

                LawFault? Fault(StoredRecord candidate) => Difference(map, first.Try(map, rule, candidate), second.Try(same, theirs, candidate), $"practice {first.Practice}", $"practice {second.Practice}", out _);
                var fault = Difference(map, first.Try(map, rule, told), second.Try(same, theirs, told), $"practice {first.Practice}", $"practice {second.Practice}", out var isCompared);
                cases += isCompared ? 1 : 0;
                if (fault is not null)
                {
                    var small = Shrinker.Shrink(map, told, candidate => fault.IsLike(Fault(candidate)));
                    failures.Add(new LawFailure(Law.Agreement, $"{first.Practice} and {second.Practice}", map.Type, rule.Message, Fault(small)!.What, LawText.Of(small)) { Cell = LawText.Cell(same, fault.Field, MapFormat.Hl7) });
                    return LawReport.Of(Law.Agreement, cases, failures);
                }
            }
        }

        return LawReport.Of(Law.Agreement, cases, failures);
    }

    private static LawFault? Difference(RecordMap map, WriteReadLaw.Outcome one, WriteReadLaw.Outcome other, string here, string there, out bool isCompared)
    {
        // What can't be written at all is a matter of L1.
        isCompared = one.Fault is null && other.Fault is null;
        var differs = isCompared ? one.Carried.FirstOrDefault(pair => other.Carried.TryGetValue(pair.Key, out var value) && value != pair.Value && !IsPatient(map, pair.Key)).Key : null;
        return differs is null ? null : new LawFault(differs, $"{differs} is read back as {Value(one.Carried[differs])} from {here} and as {Value(other.Carried[differs])} from {there}.");
    }

    /// <summary>A patient is told by the receiver's id, and each receiver has its own.</summary>
    private static bool IsPatient(RecordMap map, string field) => map.Rows.First(row => row.Name == field).As is { Type: "ref", Kind: RecordDefinition.Patient };

    private static string Value(string? text) => text is null ? "nothing" : $"'{text}'";

    /// <summary>The record without what a format has no word for and what a rule of the tables refuses; null when that is something it needs.</summary>
    private static StoredRecord? Sayable(RecordMap map, MapFormat format, StoredRecord record)
    {
        var values = record.Fields
            .Where(field => map.Rows.FirstOrDefault(row => row.Name == field.Name) is { } row
                && !map.Rows.Any(rule => rule.Name == field.Name && rule.Cells.ContainsKey(format) && RowReader.Fault(rule, field.Value!) is not null)
                && (row.As.Codes is not { } codes || !row.Cells.ContainsKey(format) || field.Value!.Split(FieldValue.ListSeparator).All(code => codes.Write(format, code) is not null))
                && (row.As is not { Type: "ref", Kind: not RecordDefinition.Patient } || row.As.References?.Rows.Any(known => known.Id == field.Value && known.VendorId is not null) == true))
            .ToDictionary(field => field.Name, field => field.Value!, StringComparer.Ordinal);
        return map.Rows.Any(row => row.Definition.IsRequired && !values.ContainsKey(row.Name)) ? null : RecordGenerator.Record(map, record.Id, values);
    }
}
