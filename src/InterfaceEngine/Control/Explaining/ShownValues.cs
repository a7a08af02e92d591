using InterfaceEngine.Core.Mapping.Comparing;

namespace InterfaceEngine.Control.Explaining;

/// <summary>Values as they were asked for: themselves, or their form alone. Nothing but values is touched.</summary>
internal sealed class ShownValues(bool areShown)
{
    public FieldStory Of(FieldStory story) => areShown ? story : story with
    {
        Value = Form(story.Value),
        CameFrom = Of(story.CameFrom),
        SaidAgain = Of(story.SaidAgain),
        Steps = [.. story.Steps.Select(step => step with { Value = Form(step.Value) })],
        Before = story.Before is { } before ? before with { Value = Form(before.Value) } : null,
        NotUsed = [.. story.NotUsed.Select(place => place with { Raw = ValueShape.Of(place.Raw) })],
    };

    private static OriginView? Of(OriginView? origin) => origin is null ? null : origin with { Raw = Form(origin.Raw) };

    private static string? Form(string? value) => value is null ? null : ValueShape.Of(value);
}
