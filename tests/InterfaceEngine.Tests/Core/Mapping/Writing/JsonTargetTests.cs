using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Tests.Core.Mapping.Writing;

/// <summary>Which value of a document a path means when it is written over, beside what reading takes.</summary>
public sealed class JsonTargetTests
{
    [Theory]
    [InlineData("v", "a", "a")]
    [InlineData("v[#1]", "a", "a")]
    [InlineData("v[#2]", "a", null)]
    public void A_value_that_stands_without_a_list_is_its_first_only(string path, string held, string? found)
    {
        var (document, target) = (JsonDraft.NewObject(), JsonTarget.Of(JsonPathParser.Parse(path, out _)!, null, isList: false));
        document.Set("v", JsonDraft.Of(held));

        (target.Find(document)?.Text).Should().Be(found);
    }
}
