using System.Buffers;

namespace InterfaceEngine.Core.Mapping;

/// <summary>
/// A FHIR reference: <c>Patient/12</c>, <c>Patient/12/_history/3</c>, <c>https://host/fhir/r4/Patient/12</c>. Whose server an absolute one
/// names is not looked at: a connection must take documents of one server only, or 12 of another is taken for ours.
/// </summary>
internal static class JsonReference
{
    private static readonly SearchValues<char> _idCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");

    /// <param name="reference">The reference.</param>
    /// <param name="resource">The type with its slash, <c>Patient/</c>.</param>
    public static bool IsTo(ReadOnlySpan<char> reference, string resource) => StartOf(reference, resource) >= 0;

    /// <summary>The id alone; empty when the reference is to another type.</summary>
    public static ReadOnlySpan<char> IdOf(ReadOnlySpan<char> reference, string resource)
    {
        var start = StartOf(reference, resource);
        if (start < 0)
        {
            return default;
        }

        var id = reference[start..];
        var slash = id.IndexOf('/');
        return slash < 0 ? id : id[..slash];
    }

    /// <summary>R4's type <c>id</c>.</summary>
    public static bool IsId(ReadOnlySpan<char> text) => text.Length is > 0 and <= 64 && text.IndexOfAnyExcept(_idCharacters) < 0;

    /// <summary>Where the id begins, or -1. In an absolute address the type is the last part but one.</summary>
    private static int StartOf(ReadOnlySpan<char> reference, string resource)
    {
        if (reference.StartsWith(resource, StringComparison.Ordinal))
        {
            return resource.Length;
        }

        var isAddress = reference.StartsWith("http://", StringComparison.Ordinal) || reference.StartsWith("https://", StringComparison.Ordinal);
        var at = isAddress ? reference.LastIndexOf(string.Concat("/", resource), StringComparison.Ordinal) : -1;
        return at < 0 ? -1 : at + 1 + resource.Length;
    }
}
