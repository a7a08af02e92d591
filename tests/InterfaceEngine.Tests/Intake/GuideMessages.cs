using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Messages in the form of the guide, one line for what a test is about.</summary>
internal static class GuideMessages
{
    /// <param name="minute">Minutes after nine on 5 January 2026, local time: the event's time.</param>
    public static byte[] Adt(string trigger, string controlId, int minute, string pid, params string[] more) => TestEngine.Message(
    [
        $"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{Time(minute)}||ADT^{trigger}|{controlId}|P|2.3|",
        $"EVN|{trigger}|{Time(minute)}",
        $"PID|1||{pid}",
        .. more,
    ]);

    /// <param name="pid">The PID from PID-3 on; null leaves the segment out.</param>
    public static byte[] Siu(string trigger, string controlId, int minute, string sch, string? pid, params string[] more) => TestEngine.Message(
    [
        $"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{Time(minute)}||SIU^{trigger}|{controlId}|P|2.3|",
        $"SCH|{sch}",
        .. pid is null ? Array.Empty<string>() : [$"PID|1||{pid}"],
        .. more,
    ]);

    public static string Doe(string id = "12345", string given = "JOHN", string family = "DOE", string birth = "19800515", string rest = "") =>
        $"{id}^^^ATHENA^MRN||{family}^{given}||{birth}|M{rest}";

    public static string Time(int minute) => $"20260105{9 + (minute / 60):D2}{minute % 60:D2}00";
}
