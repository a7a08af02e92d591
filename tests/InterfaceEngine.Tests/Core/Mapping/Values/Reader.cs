using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Tests.Core.Mapping.Values;

/// <summary>Reads one value as a map would, and keeps what was noticed.</summary>
internal sealed class Reader(MapFormat format, string zone = "America/Chicago", string receivedAt = "2023-06-01T12:00:00Z")
{
    public ReadingScope Scope { get; } = new(format, InstantPattern.ExtendedIso.Parse(receivedAt).Value, DateTimeZoneProviders.Tzdb[zone]);

    public IEnumerable<string> Codes => Scope.Notes.Select(note => note.Code);

    public MappingNote OnlyNote => Scope.Notes.Should().ContainSingle().Subject;

    public string? Read(IValueType type, string text) => type.Read(text, Scope);

    /// <summary>Reads a value that can't be taken: one note, whose reason does not give the value away.</summary>
    public void Refuses(IValueType type, string text, string code)
    {
        Read(type, text).Should().BeNull();
        OnlyNote.Code.Should().Be(code);
        OnlyNote.Severity.Should().Be(NoteSeverity.Warning);
        OnlyNote.Found.Should().Be(text);
        (text.Length > 1 && OnlyNote.Reason.Contains(text, StringComparison.Ordinal)).Should().BeFalse("a reason goes to logs and to the sender");
    }
}
