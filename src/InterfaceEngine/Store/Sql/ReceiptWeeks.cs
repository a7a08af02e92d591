namespace InterfaceEngine.Store.Sql;

/// <summary>Receipts lie in ranges of weeks, so that inserts stay together and old ones can be dropped.</summary>
internal static class ReceiptWeeks
{
    private const long WeekMilliseconds = 7L * 24 * 60 * 60 * 1000;

    /// <summary>A resend that meets its original in another week's range, because midnight passed between them.</summary>
    private const long OverlapMilliseconds = 60 * 60 * 1000;

    /// <summary>The week whose range a receipt of this time lies in.</summary>
    public static long Of(long milliseconds) => milliseconds / WeekMilliseconds;

    /// <summary>When a week begins, UTC milliseconds.</summary>
    public static long Start(long week) => week * WeekMilliseconds;

    /// <summary>
    /// The other week in which a message that is received now may have its receipt: just after a week has begun the one before, and
    /// just before it ends the one to come, for another node's clock may be ahead. Null in between.
    /// </summary>
    public static long? Beside(long milliseconds) => (milliseconds % WeekMilliseconds) switch
    {
        < OverlapMilliseconds => Of(milliseconds) - 1,
        >= WeekMilliseconds - OverlapMilliseconds => Of(milliseconds) + 1,
        _ => null,
    };
}
