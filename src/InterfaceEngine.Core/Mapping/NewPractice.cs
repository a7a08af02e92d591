using InterfaceEngine.Core.Mapping.Compiling;

namespace InterfaceEngine.Core.Mapping;

/// <summary>The files with which a practice's folder begins (<c>map new-practice</c>): they say nothing yet, and say how to say something.</summary>
public static class NewPractice
{
    /// <summary>Path below the mapping folder, and text.</summary>
    /// <param name="id">The practice.</param>
    /// <param name="vendor">The vendor pack it extends.</param>
    public static IReadOnlyList<(string Path, string Text)> Files(string id, string vendor = MappingLoader.BaseVendor) =>
    [
        ($"practices/{id}/patient.map.md", $"""
            ---
            map:      patient
            practice: {id}
            extends:  {vendor}
            version:  1
            ---

            # Practice {id}: what differs

            Write here only what this practice does otherwise: an empty cell inherits, `-` removes, and a field of its own is named
            `custom.x`. Say the reason under Notes, for the next reader is you. `map show patient --practice {id}` prints what the
            practice uses, with the origin of every cell. Other records have files of their own: `appointment.map.md`, and so on.

            | Practice Studio | HL7 v2 | CSV | athenaNet | FHIR R4 | As | Rule | Notes |
            |-----------------|--------|-----|-----------|---------|----|------|-------|

            """),
        ($"practices/{id}/providers.ref.md", $"""
            ---
            references: provider
            practice:   {id}
            ---

            # Providers of practice {id}

            Our id, the vendor's, the user name by which messages may name them, and the NPI. A provider who is in no row is stored as
            sent, and listed for a person.

            | Practice Studio | {vendor} | User name | NPI | Name |
            |-----------------|{new string('-', vendor.Length + 2)}|-----------|-----|------|

            """),
        ($"practices/{id}/locations.ref.md", $"""
            ---
            references: location
            practice:   {id}
            ---

            # Locations of practice {id}

            Our id, the vendor's department, and the zone of its clock where that is not the practice's.

            | Practice Studio | {vendor} | User name | Name | Zone |
            |-----------------|{new string('-', vendor.Length + 2)}|-----------|------|------|

            """),
    ];
}
