using Xunit.Abstractions;
using Xunit.Sdk;

namespace InterfaceEngine.Tests.Support;

/// <summary>The tests of this class need a program of the operating system; they are skipped where it is missing (<see cref="RequiresProgramFactAttribute"/>).</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NeedsProgramAttribute(string program) : Attribute
{
    public string Program => program;
}

/// <summary>A test that several classes inherit, of which some need a program (<see cref="NeedsProgramAttribute"/>).</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("InterfaceEngine.Tests.Support.StoreFactDiscoverer", "InterfaceEngine.Tests")]
public sealed class StoreFactAttribute : FactAttribute;

/// <inheritdoc cref="StoreFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("InterfaceEngine.Tests.Support.StoreTheoryDiscoverer", "InterfaceEngine.Tests")]
public sealed class StoreTheoryAttribute : TheoryAttribute;

public sealed class StoreFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        SkippedTestCase.For(DiagnosticMessageSink, discoveryOptions, testMethod) ?? base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
}

public sealed class StoreTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        SkippedTestCase.For(DiagnosticMessageSink, discoveryOptions, testMethod) is { } skipped ? [skipped] : base.Discover(discoveryOptions, testMethod, theoryAttribute);
}

/// <summary>A test that is not run and says why.</summary>
public sealed class SkippedTestCase : XunitTestCase
{
    private string _reason = "";

    [Obsolete("For the runner, which reads it back.")]
    public SkippedTestCase()
    {
    }

    private SkippedTestCase(IMessageSink diagnostics, ITestFrameworkDiscoveryOptions options, ITestMethod method, string reason)
        : base(diagnostics, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method)
    {
        _reason = reason;
    }

    /// <summary>Null when the class's program is there, or it needs none, or under CI.</summary>
    public static SkippedTestCase? For(IMessageSink diagnostics, ITestFrameworkDiscoveryOptions options, ITestMethod method) =>
        method.TestClass.Class.ToRuntimeType().GetCustomAttributes(typeof(NeedsProgramAttribute), inherit: true) is [NeedsProgramAttribute needs, ..]
            && new RequiresProgramFactAttribute(needs.Program).Skip is { } reason
            ? new SkippedTestCase(diagnostics, options, method, reason)
            : null;

    public override void Serialize(IXunitSerializationInfo data)
    {
        base.Serialize(data);
        data.AddValue(nameof(_reason), _reason);
    }

    public override void Deserialize(IXunitSerializationInfo data)
    {
        _reason = data.GetValue<string>(nameof(_reason));
        base.Deserialize(data);
    }

    protected override string GetSkipReason(IAttributeInfo factAttribute) => _reason;
}
