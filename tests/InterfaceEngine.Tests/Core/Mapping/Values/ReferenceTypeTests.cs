using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;

namespace InterfaceEngine.Tests.Core.Mapping.Values;

public sealed class ReferenceTypeTests
{
    private static readonly ReferenceTable _providers = new(
        "provider", [new Reference("prov-7", "100", "jjohnson", "1234567893", "Jane Johnson", null)]);

    [Theory]
    [InlineData("100")]
    [InlineData("jjohnson")]
    [InlineData("JJohnson")]
    [InlineData("1234567893")]
    [InlineData(" prov-7 ")]
    public void A_provider_is_known_by_any_of_their_names(string text)
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(Provider(), text).Should().Be("prov-7");
        reader.Scope.Notes.Should().BeEmpty();
    }

    [Fact]
    public void An_unknown_provider_is_stored_as_sent_and_put_before_a_person()
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(Provider(), "12345").Should().Be("12345");
        reader.OnlyNote.Should().BeEquivalentTo(new
        {
            Severity = NoteSeverity.Review,
            Code = MappingCodes.UnknownReference,
            Reason = "a provider that is in no table.",
            ReviewKind = "unknown provider",
            ReviewKey = "provider|12345",
        });
    }

    [Fact]
    public void A_patient_is_found_by_reconciliation()
    {
        var reader = new Reader(MapFormat.Hl7);

        reader.Read(new ReferenceType(new AsClause("ref", null, "patient", null, null)), "12345").Should().Be("12345");
        reader.Scope.Notes.Should().BeEmpty();
    }

    [Fact]
    public void A_frame_is_taken_off()
    {
        var type = new ReferenceType(new AsClause("ref", null, "patient", null, "a-1959.E-{}"));

        new Reader(MapFormat.Fhir).Read(type, "a-1959.E-12345").Should().Be("12345");
    }

    [Theory]
    [InlineData("12345")]
    [InlineData("a-1960.E-12345")]
    [InlineData("a-1959.E-")]
    public void An_id_outside_its_frame_is_refused(string text) =>
        new Reader(MapFormat.Fhir).Refuses(new ReferenceType(new AsClause("ref", null, "patient", null, "a-1959.E-{}")), text, MappingCodes.Frame);

    private static ReferenceType Provider() => new(new AsClause("ref", null, "provider", _providers, null));
}
