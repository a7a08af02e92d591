namespace InterfaceEngine.Intake.Files;

/// <summary>
/// A source's files name every appointment of the days they cover (setting <c>FullPicture</c>): one that is stored and that a file does not name is absent.
/// </summary>
internal sealed record FullPictureRules
{
    /// <summary>How many days a file covers from the day on which it was made; null covers those from the first to the last that occurs in it. Default: null.</summary>
    public int? Days { get; init; }

    /// <summary>What is absent is cancelled, where nothing speaks against it; else it is only listed for a person. Default: false.</summary>
    public bool Cancels { get; init; }
}
