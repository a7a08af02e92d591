using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Matching;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake;

/// <summary>Patients who are new, or have another name or birth date now, and may be stored already under another id.</summary>
internal sealed partial class MessageWork
{
    private const string MemberId = "member_id";

    /// <summary>Under which key others of the same name and birth date are sought; null for what tells of nobody new.</summary>
    public static LookUpKey? NamesakesOf(IncomingRecord said) => said.Verb is Verb.Create or Verb.CreateOrUpdate ? PersonKey.Of(said) : null;

    private void FindNamesakes(MappedMessage mapped)
    {
        foreach (var said in mapped.Records)
        {
            if (NamesakesOf(said) is not { } key || !_loaded.ByLookUp.TryGetValue(key, out var others)
                || _byAlias.GetValueOrDefault(said.Aliases[0]) is not { Current: { } current, IsChanged: true } work
                || (work.Stored is { } before && PersonKey.Of(before) == PersonKey.Of(current)))
            {
                continue;
            }

            if (others.Count >= Namesakes.FoundMax)
            {
                work.IsOfTooManyNamesakes = true;
                continue;
            }

            foreach (var other in others.Where(other => other.Id != current.Id && Merging.Survivor(other) is null))
            {
                var members = mapped.Records.Select(record => record[MemberId].Text).OfType<string>();
                if (Namesakes.Compare(current, other, members, _merged.MemberIdsOf(other.Id)) is not Agreement.None and var agreement)
                {
                    var note = new ReconciliationNote(ReconciliationCodes.PossibleDuplicate, null, Words(agreement), NeedsPerson: true);
                    _notes.Add(new RecordNote(said, note) { Pair = (current, other) });
                }
            }
        }
    }

    private static string Words(Agreement agreement) => agreement switch
    {
        Agreement.MemberId => "same name and birth date and the same member id as another patient. Both are kept; a person decides whether they are one.",
        Agreement.Phone => "same name and birth date and the same telephone number as another patient. Both are kept; a person decides whether they are one.",
        _ => "same name and birth date as another patient, and nothing else that would tell. Both are kept; a person may look.",
    };
}
