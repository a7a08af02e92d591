using System.Xml;
using System.Xml.Linq;

namespace InterfaceEngine.Core.Mapping.Testing;

/// <summary>The results as JUnit XML, which build servers read.</summary>
public static class MappingTestReport
{
    public static string ToJUnit(IReadOnlyList<MappingTestResult> results)
    {
        var suites = results.GroupBy(result => (result.File, result.Practice)).Select(suite => new XElement(
            "testsuite",
            new XAttribute("name", Clean($"{suite.Key.File} (practice {suite.Key.Practice})")),
            new XAttribute("tests", suite.Count()),
            new XAttribute("failures", suite.Count(result => !result.IsPassed)),
            suite.Select(Case)));
        return new XDocument(new XElement(
            "testsuites",
            new XAttribute("name", "map test"),
            new XAttribute("tests", results.Count),
            new XAttribute("failures", results.Count(result => !result.IsPassed)),
            suites)).ToString();
    }

    private static XElement Case(MappingTestResult result) => new(
        "testcase",
        new XAttribute("classname", Clean(result.File)),
        new XAttribute("name", Clean(result.Case.Title)),
        new XAttribute("file", Clean(result.File)),
        new XAttribute("line", result.Case.Line),
        result.IsPassed ? null : new XElement(
            "failure",
            new XAttribute("message", Clean(result.Failures[0].ToString())),
            Clean(string.Join('\n', result.Failures))));

    /// <summary>A message of a test may hold characters that XML has no place for.</summary>
    private static string Clean(string text) =>
        text.All(character => XmlConvert.IsXmlChar(character)) ? text : string.Concat(text.Select(character => XmlConvert.IsXmlChar(character) ? character : '\uFFFD'));
}
