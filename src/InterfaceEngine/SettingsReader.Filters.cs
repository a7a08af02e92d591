using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine;

/// <summary>A listener's messages that are not for us.</summary>
internal sealed partial class SettingsReader
{
    private static List<FilterRow> ReadFilters(SettingsSection section)
    {
        var filters = new List<FilterRow>();
        foreach (var (_, row) in section.Map("Filters"))
        {
            var when = row.Required("When", "the condition, e.g. HL7:MSH-4.3 = '99'");
            var reason = row.Required("Reason", "why such a message is not for us");
            row.Close();
            if (when.Length == 0 || reason.Length == 0)
            {
                continue;
            }

            if (FilterRow.TryParse(when, reason, null, out var filter, out var problem))
            {
                filters.Add(filter);
            }
            else
            {
                row.Problem("When", $"{problem.Code} at {problem.Offset + 1}: {problem.Text}{(problem.Advice is { } advice ? $" {advice}" : "")}");
            }
        }

        return filters;
    }
}
