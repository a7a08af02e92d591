using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Feed;

namespace InterfaceEngine.Tests.Sandbox.Feed;

/// <summary>A feed's messages as a receiver reads them: expectations are stated of these, not of what the generator knows.</summary>
internal static class ReadFeed
{
    public static List<Hl7Message> Of(FeedStyle style, ClinicOptions? options = null) =>
        [.. new ClinicFeed(style, options ?? new ClinicOptions()).Messages().Select(message => Hl7Message.Parse(message.Body))];

    /// <summary>Every event often, so that few messages show all of them.</summary>
    public static ClinicOptions Busy { get; } = new() { Mix = new FeedMix(50, 30, 12, 12, 12), Events = 4_000, People = 150 };

    public static string Get(this Hl7Message message, string segment, int field, int component = 1) => message.Find(segment).Field(field).Component(component).Decode();

    public static string Patient(this Hl7Message message) => message.Get("PID", 3);

    public static string Text(this Hl7Message message) => Encoding.UTF8.GetString(message.Bytes.Span);
}
