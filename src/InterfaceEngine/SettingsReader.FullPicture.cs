using InterfaceEngine.Intake.Files;

namespace InterfaceEngine;

/// <content>Files that name every appointment of the days they cover.</content>
internal sealed partial class SettingsReader
{
    private const int CoveredDaysMax = 366;

    /// <summary>Reads <c>FullPicture</c>: <c>{ "Days": 14, "Absent": "cancel" }</c>; null when it is not set.</summary>
    private static FullPictureRules? ReadFullPicture(SettingsSection source)
    {
        if (source.OptionalSection("FullPicture") is not { } section)
        {
            return null;
        }

        var rules = new FullPictureRules
        {
            Days = section.Has("Days") ? section.Number("Days", 1, 1, CoveredDaysMax, "a number of days from the file's own on") : null,
            Cancels = section.Choice("Absent", ["list", "cancel"]) == "cancel",
        };
        section.Close();
        return rules;
    }
}
