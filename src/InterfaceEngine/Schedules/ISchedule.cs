namespace InterfaceEngine.Schedules;

/// <summary>When something is to be done, over and over. Pure: the same question has the same answer everywhere, so that several nodes agree.</summary>
internal interface ISchedule
{
    /// <summary>The first time after <paramref name="moment"/>; null when there is none any more.</summary>
    DateTimeOffset? NextAfter(DateTimeOffset moment);

    /// <summary>The last time that is not after <paramref name="moment"/>; null when there is none.</summary>
    DateTimeOffset? LastUntil(DateTimeOffset moment);

    /// <summary>As the settings say it, with the zone, for people.</summary>
    string Text { get; }
}
