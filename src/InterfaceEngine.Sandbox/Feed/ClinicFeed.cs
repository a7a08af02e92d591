using System.Globalization;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Sandbox.Feed;

/// <summary>Whose form a feed has.</summary>
public enum FeedStyle
{
    /// <summary>athenahealth's own, of practice 195900.</summary>
    Athena,

    /// <summary>The integration guide's, of practice 1959.</summary>
    Guide,
}

/// <summary>
/// A clinic's day as a feed of messages. Pure: the same options give the same bytes. Read it once; then
/// <see cref="Day"/> says what a receiver must have.
/// </summary>
public sealed class ClinicFeed
{
    private readonly ClinicOptions _options;
    private readonly IFeedStyle _style;
    private readonly MessageComposer _composer;

    /// <param name="style">Decides the form and the practice.</param>
    /// <param name="options">The day; its practice is the style's.</param>
    public ClinicFeed(FeedStyle style, ClinicOptions options)
    {
        _options = options with { Practice = style == FeedStyle.Athena ? Practice.Athena : Practice.Guide };
        _style = style == FeedStyle.Athena ? new AthenaStyle(_options.Practice) : new GuideStyle(_options.Practice);
        _composer = new MessageComposer(_style);
        Day = new ClinicDay(_options);
    }

    /// <summary>The day; what it has of everybody is whole when all messages were read.</summary>
    public ClinicDay Day { get; }

    /// <summary>The messages in the order they are told, made as they are read.</summary>
    public IEnumerable<FeedMessage> Messages() => Day.Run().Select(Message);

    /// <summary>What happened, as a message.</summary>
    public FeedMessage Message(ClinicEvent told)
    {
        var controlId = _style.ControlId(_options.Seed, told.Number);

        // A second record of a person is the same person's lane, so that a merge comes behind everything it needs.
        return new FeedMessage(controlId, told.Trigger, told.Person.Number.ToString(CultureInfo.InvariantCulture), _composer.Compose(told, controlId));
    }
}
