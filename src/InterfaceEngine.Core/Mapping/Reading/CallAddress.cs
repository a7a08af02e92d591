using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>
/// What a call of athenaNet says in its address: of <c>GET /chart/34772/allergies?departmentid=1</c>, listed as
/// <c>GET /chart/{patientid}/allergies</c>, that the patient is 34772. Many answers say it nowhere else.
/// </summary>
internal static class CallAddress
{
    /// <summary>The values of the names in braces, as an object; null when the call is not one of these.</summary>
    /// <param name="listed">As the tables list it.</param>
    /// <param name="made">As it was made; what stands behind a question mark is no matter.</param>
    public static JsonBody? Read(string listed, string made)
    {
        var query = made.IndexOf('?', StringComparison.Ordinal);
        var (names, parts) = (listed.Split('/'), (query < 0 ? made : made[..query]).Split('/'));
        if (names.Length != parts.Length)
        {
            return null;
        }

        var said = JsonDraft.NewObject();
        for (var index = 0; index < names.Length; index++)
        {
            if (names[index] is ['{', .. var name, '}'] && parts[index].Length > 0)
            {
                said.Set(name, JsonDraft.Of(Uri.UnescapeDataString(parts[index])));
            }
            else if (names[index] != parts[index])
            {
                return null;
            }
        }

        return JsonBody.Parse(said.ToBytes());
    }
}
