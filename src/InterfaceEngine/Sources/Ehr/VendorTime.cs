namespace InterfaceEngine.Sources.Ehr;

/// <summary>A vendor's clock, as far as it is believed.</summary>
internal static class VendorTime
{
    private static readonly TimeSpan _aheadMax = TimeSpan.FromMinutes(10);

    /// <summary>A moment from which a question goes on: one that a clock far ahead told would leave out everything until then.</summary>
    /// <param name="said">By the vendor's clock.</param>
    /// <param name="now">By ours.</param>
    public static DateTimeOffset Believed(DateTimeOffset said, DateTimeOffset now) => said > now + _aheadMax ? now : said;
}
