using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using InterfaceEngine.Intake;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests;

/// <summary>Every line that the program can log is written once, with values as they may come.</summary>
public sealed class LogLinesTests
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    [Fact]
    public void No_line_shows_a_placeholder_in_place_of_its_value()
    {
        var log = new RecordingLogger<LogLinesTests>();
        foreach (var line in Lines())
        {
            line.Invoke(null, [.. line.GetParameters().Select(parameter => Value(parameter.ParameterType, log))]);
        }

        log.Lines.Should().HaveCountGreaterThan(100).And.NotContain(line => line.Text.Contains('{'));
    }

    [Fact]
    public void No_line_leaves_it_to_the_log_how_a_time_is_written() =>
        Lines().Where(line => line.GetParameters().Any(parameter => (Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType) == typeof(DateTimeOffset))).Should().BeEmpty();

    private static IEnumerable<MethodInfo> Lines() => typeof(EngineHost).Assembly.GetTypes()
        .Where(type => !type.ContainsGenericParameters)
        .SelectMany(type => type.GetMethods(Any)).Where(method => method.GetCustomAttribute<LoggerMessageAttribute>() is not null);

    /// <summary>Something of a type; nothing where it may be nothing.</summary>
    private static object? Value(Type type, ILogger log) =>
        type == typeof(ILogger) ? log
        : type == typeof(LogLevel) ? LogLevel.Information
        : type == typeof(string) ? "said"
        : type.IsEnum ? Enum.GetValues(type).GetValue(0)
        : type == typeof(ExceptionPlace) ? new ExceptionPlace(new InvalidOperationException())
        : type.IsValueType ? RuntimeHelpers.GetUninitializedObject(Nullable.GetUnderlyingType(type) ?? type)
        : typeof(IEnumerable).IsAssignableFrom(type) ? Array.Empty<string>()
        : null;
}
