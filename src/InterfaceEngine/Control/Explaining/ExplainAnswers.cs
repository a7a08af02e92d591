namespace InterfaceEngine.Control.Explaining;

/// <summary>Where the values of one record came from. Audited, whether values are shown or not.</summary>
/// <param name="ExternalId">The id people know, or our own.</param>
/// <param name="Field">The field; null for all of them.</param>
/// <param name="ShowsValues">Otherwise each value is shown by its form alone: <c>+###########</c>.</param>
internal sealed record ExplainRequest(string Practice, string Type, string ExternalId, string? Field, bool ShowsValues) : ControlRequest<ExplanationAnswer>(TimeSpan.FromMinutes(2)), ILongQuestion;

/// <param name="Id">Our own id of the record.</param>
/// <param name="ShowsValues">As it was asked.</param>
/// <param name="Fields">The field that was asked for, or all: those that hold something first, in the order of the table.</param>
internal sealed record ExplanationAnswer(string Practice, string Type, string ExternalId, string Id, bool ShowsValues, IReadOnlyList<FieldStory> Fields) : ControlAnswer;

/// <summary>Where one field's value came from. Values are as they were asked for: themselves or their form.</summary>
internal sealed record FieldStory
{
    public required string Name { get; init; }

    /// <summary><c>valued</c>, <c>cleared</c>, or <c>never said</c>: no message, person or rule has said anything of it.</summary>
    public required string State { get; init; }

    public string? Value { get; init; }

    /// <summary>Since when it is so, by the clock of the practice: the time of the event that told it.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What made it so.</summary>
    public OriginView? CameFrom { get; init; }

    /// <summary>The latest event that said the same again; null when none did.</summary>
    public OriginView? SaidAgain { get; init; }

    /// <summary>What decided; null for what the engine itself wrote.</summary>
    public CellStory? Cell { get; init; }

    /// <summary>From what was sent to what is stored.</summary>
    public IReadOnlyList<StepView> Steps { get; init; } = [];

    /// <summary>What it replaced; null for a field that never held anything.</summary>
    public FormerView? Before { get; init; }

    /// <summary>What the message says beside it.</summary>
    public IReadOnlyList<OtherPlaceView> NotUsed { get; init; } = [];

    /// <summary>What was noticed while it was read, and what else is to be known of it.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The set that read it; null where none did.</summary>
    public MapSetView? MapSet { get; init; }

    /// <summary>Of a field that nothing has said: the cells by which it would come.</summary>
    public IReadOnlyList<CellStory> WouldCome { get; init; } = [];
}

/// <param name="Kind"><c>message</c>, <c>command</c>, <c>default</c> or <c>engine</c>.</param>
/// <param name="Text">In words: <c>ADT^A04 12345</c>, <c>appointments book by maria</c>.</param>
internal sealed record OriginView(string Kind, string Text)
{
    /// <summary>Our id of the message.</summary>
    public string? Message { get; init; }

    /// <summary>When what it tells of happened, by the practice's clock.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>E.g. <c>PID-14</c>.</summary>
    public string? Place { get; init; }

    /// <summary>From the message's first byte, 0; less than 0 where there are none.</summary>
    public int Offset { get; init; } = -1;

    public int Length { get; init; }

    /// <summary>What stands there, as it was sent.</summary>
    public string? Raw { get; init; }
}

/// <param name="Where">File, line and column.</param>
/// <param name="Title">The column or section; empty where the set is not to be had.</param>
/// <param name="Layer">Who says it.</param>
/// <param name="OtherField">The field whose cell it is, when this one was moved along with it.</param>
internal sealed record CellStory(string Where, string Title, string Text, string Layer, string Notes, string? OtherField, IReadOnlyList<OverriddenView> Overrides);

internal sealed record OverriddenView(string Where, string Text, string Layer);

/// <param name="Words">What was done.</param>
/// <param name="Value">What there was after it.</param>
/// <param name="IsSource">It is the sender's text.</param>
/// <param name="Where">The line of a code or reference table that decided.</param>
internal sealed record StepView(string Words, string? Value, bool IsSource, string? Where);

/// <param name="Value">Null for nothing.</param>
/// <param name="Since">Since when it was stored; null when that is not known, or it held nothing from the start.</param>
/// <param name="Until">When the value of now was stored in its place.</param>
/// <param name="Text">Where it came from, or why it is not known.</param>
internal sealed record FormerView(string? Value, DateTimeOffset? Since, DateTimeOffset? Until, string? Text);

/// <param name="WentTo">The field that has it instead.</param>
/// <param name="Where">The cell that decided so.</param>
/// <param name="Why">Why it is not mapped.</param>
internal sealed record OtherPlaceView(string Place, string Raw, string? WentTo, string? Where, string Why);

/// <param name="Versions">The versions of the files that made the record's table.</param>
/// <param name="By">Who deployed it; <c>start</c> when an engine did by starting; null when it was never deployed here.</param>
internal sealed record MapSetView(string Hash, IReadOnlyList<string> Versions, DateTimeOffset? DeployedAt, string? By);
