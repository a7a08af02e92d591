using InterfaceEngine.Sandbox.Chance;
using InterfaceEngine.Sandbox.Vendors.Bulk;
using InterfaceEngine.Sandbox.Vendors.Events;
using InterfaceEngine.Sandbox.Vendors.OAuth;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>What all calls of one stand-in share.</summary>
internal sealed class VendorContext
{
    private long _answers;

    public VendorContext(VendorServerOptions options, VendorProfile profile, TimeProvider time)
    {
        (Options, Profile, Time, Started) = (options, profile, time, time.GetUtcNow());
        Tokens = new TokenDesk(options, profile, time);
        Practices = (options.Practices is { Count: > 0 } named ? named : [profile.Practice])
            .ToDictionary(house => house.Id, house => new VendorPractice(house, options, time));
        Bulk = new BulkDesk(this);
        Events = new EventDesk(this, EventAccount, OneAtATime);
    }

    public VendorServerOptions Options { get; }

    /// <summary>When it began, by its clock.</summary>
    public DateTimeOffset Started { get; }

    public VendorProfile Profile { get; }

    public TimeProvider Time { get; }

    public TokenDesk Tokens { get; }

    public IReadOnlyDictionary<string, VendorPractice> Practices { get; }

    public BulkDesk Bulk { get; }

    public EventDesk Events { get; }

    /// <summary>Every attempt to tell clients of events.</summary>
    public VendorEvents EventAccount { get; } = new();

    /// <summary>Everything that is asked is done one after the other: what the vendor knows changes in one place only.</summary>
    public Lock OneAtATime { get; } = new();

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Address { get; set; } = "";

    /// <summary>The other host, which has files alone.</summary>
    public string FileAddress { get; set; } = "";

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Another one for each answer, and the same row of them each time.</summary>
    public Dice NextUntidiness() => new(unchecked((long)Scatter.Of(Scatter.Of("untidy"), Options.Seed, ++_answers)));

    public bool IsUntidy => Options.IsUntidy ?? !Profile.IsGuide;
}
