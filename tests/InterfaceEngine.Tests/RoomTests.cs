using Mono.Cecil;
using Mono.Cecil.Cil;

namespace InterfaceEngine.Tests;

/// <summary>
/// Holds the arrows between rooms (docs/architecture.md, Layout). It reads the compiled assemblies, so a use inside
/// an async method or a lambda counts like any other. If it fails, move the code; widen the table only when the
/// arrow is truly new.
/// </summary>
public sealed class RoomTests
{
    private const string CorePrefix = "InterfaceEngine.Core.";
    private const string ProgramPrefix = "InterfaceEngine.";
    private const string SandboxPrefix = "InterfaceEngine.Sandbox.";

    /// <summary>Rooms of Core and what each may use beside itself.</summary>
    private static readonly Dictionary<string, string[]> _core = new()
    {
        ["Records"] = [],
        ["Hl7"] = ["Records"],
        ["Json"] = ["Records"],
        ["Fhir"] = ["Records", "Json"],
        ["Csv"] = ["Records"],
        ["X12"] = ["Records"],
        ["Practices"] = ["Records", "Hl7"],
        ["Mapping"] = ["Records", "Hl7", "Json", "Fhir", "Csv", "Practices"],
        ["Reconciliation"] = ["Records"],
        ["Matching"] = ["Records"],
    };

    /// <summary>Rooms of the program; all of them may use Core. The empty name is the root: catalog, settings, start.</summary>
    private static readonly Dictionary<string, string[]> _program = new()
    {
        ["Protection"] = [],
        ["Store"] = ["Protection"],
        ["Nodes"] = ["Store", "Health"],
        ["Intake"] = ["Files", "Store"],
        ["Ehr"] = ["Protection", "Schedules", "Store", "Tls"],
        ["Tls"] = [],
        ["Health"] = [],
        ["Files"] = [],
        ["Schedules"] = [],
        ["Sources"] = ["Intake", "Ehr", "Files", "Store", "Nodes", "Schedules", "Tls", "Health"],
        ["Destinations"] = ["Ehr", "Files", "Intake", "Sources", "Tls"],
        ["Delivery"] = ["Store", "Nodes", "Destinations"],
        ["Exports"] = ["Files", "Intake", "Schedules", "Store"],
        ["Access"] = ["Store"],
        ["Api"] = ["Access", "Control", "Ehr", "Health", "Intake", "Schedules", "Sources", "Store", "Tls"],
        ["Control"] = ["Access", "Ehr", "Exports", "Files", "Intake", "Schedules", "Sources", "Store"],
        ["Cli"] = ["*"],
        [""] = ["*"],
    };

    /// <summary>Rooms of the sandbox; all of them may use Core. The empty name is the root: the program's start.</summary>
    private static readonly Dictionary<string, string[]> _sandbox = new()
    {
        ["Chance"] = [],
        ["Clinic"] = ["Chance"],
        ["Feed"] = ["Chance", "Clinic"],
        ["Faults"] = ["Chance"],
        ["Peers"] = ["Chance", "Faults", "Feed"],
        ["Fhir"] = ["Clinic"],
        ["Vendors"] = ["Chance", "Clinic", "Faults", "Fhir"],
        ["Commands"] = ["*"],
        [""] = ["*"],
    };

    /// <summary>Rooms of the sandbox that are as pure as Core: the same seed gives the same bytes everywhere.</summary>
    private static readonly string[] _pureRoomsOfSandbox = ["Chance", "Clinic", "Feed", "Fhir"];

    /// <summary>What Core, being pure, may not touch.</summary>
    private static readonly string[] _world =
    [
        "System.Net.Sockets", "System.Net.Http", "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory",
        "System.Diagnostics.Process", "System.Environment", "Microsoft.Data", "Microsoft.AspNetCore",
    ];

    private static readonly string[] _clocks = ["System.DateTime::get_Now", "System.DateTime::get_UtcNow", "System.DateTimeOffset::get_Now", "System.DateTimeOffset::get_UtcNow", "System.DateTime::get_Today"];

    public static TheoryData<string> Assemblies => ["InterfaceEngine.Core.dll", "InterfaceEngine.dll", "InterfaceEngine.Sandbox.dll"];

    [Fact]
    public void Rooms_of_Core_use_only_the_rooms_they_may() =>
        Trespasses("InterfaceEngine.Core.dll", CorePrefix, _core).Should().BeEmpty();

    [Fact]
    public void Rooms_of_the_program_use_only_the_rooms_they_may() =>
        Trespasses("InterfaceEngine.dll", ProgramPrefix, _program).Should().BeEmpty();

    [Fact]
    public void Rooms_of_the_sandbox_use_only_the_rooms_they_may() =>
        Trespasses("InterfaceEngine.Sandbox.dll", SandboxPrefix, _sandbox).Should().BeEmpty();

    [Fact]
    public void The_sandbox_makes_its_messages_without_the_world_and_without_chance_of_the_machine() =>
        Uses("InterfaceEngine.Sandbox.dll")
            .Where(use => _pureRoomsOfSandbox.Contains(Room(use.User, SandboxPrefix)))
            .Where(use => _world.Append("System.Random").Append("System.Guid").Append("System.TimeProvider").Any(world => use.Target.StartsWith(world, StringComparison.Ordinal)))
            .Select(use => $"{use.User} uses {use.Target}").Should().BeEmpty();

    [Fact]
    public void Core_does_not_touch_the_world() =>
        Uses("InterfaceEngine.Core.dll")
            .Where(use => _world.Any(world => use.Target.StartsWith(world, StringComparison.Ordinal)))
            .Select(use => $"{use.User} uses {use.Target}").Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Time_comes_from_outside(string assembly) =>
        Uses(assembly).Where(use => _clocks.Contains(use.Target)).Select(use => $"{use.User} uses {use.Target}").Should().BeEmpty();

    [Fact]
    public void No_type_is_named_as_a_room() =>
        new[] { "InterfaceEngine.Core.dll", "InterfaceEngine.dll", "InterfaceEngine.Sandbox.dll" }.SelectMany(Types)
            .Select(type => type.Name).Where(name => _core.ContainsKey(name) || (name.Length > 0 && (_program.ContainsKey(name) || _sandbox.ContainsKey(name))))
            .Should().BeEmpty();

    [Fact]
    public void A_use_inside_an_async_body_is_seen() =>
        Trespasses("InterfaceEngine.dll", ProgramPrefix, new(_program) { ["Intake"] = [] })
            .Should().Contain(trespass => trespass.Contains("Intake.ReadyMessages uses InterfaceEngine.Store.IEngineStore", StringComparison.Ordinal));

    private static IEnumerable<string> Trespasses(string assembly, string prefix, Dictionary<string, string[]> rooms)
    {
        foreach (var (user, target) in Uses(assembly))
        {
            var from = Room(user, prefix);
            if (!rooms.TryGetValue(from, out var allowed))
            {
                yield return $"{user}: '{from}' is no room of the table";
                continue;
            }

            if (!IsOurs(target, prefix))
            {
                continue;
            }

            var to = Room(target, prefix);
            if (to != from && allowed is not ["*"] && !allowed.Contains(to))
            {
                yield return $"{from} -> {to}: {user} uses {target}";
            }
        }
    }

    private static bool IsOurs(string target, string prefix) =>
        target.StartsWith(prefix, StringComparison.Ordinal)
        && (prefix == CorePrefix || !target.StartsWith(CorePrefix, StringComparison.Ordinal));

    /// <summary>The first name after the prefix that is a namespace; the empty name for a type that stands in the root.</summary>
    private static string Room(string type, string prefix)
    {
        var name = type.Split("::")[0];
        var rest = name.Length > prefix.Length ? name[prefix.Length..] : "";
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? "" : rest[..dot];
    }

    private static IEnumerable<TypeDefinition> Types(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly));
        foreach (var type in module.GetTypes().Where(type => type.FullName.StartsWith(ProgramPrefix, StringComparison.Ordinal) && !IsGenerated(type)))
        {
            yield return type;
        }
    }

    /// <summary>Every use of a type or method by a type: fields, signatures and bodies.</summary>
    private static HashSet<(string User, string Target)> Uses(string assembly)
    {
        var uses = new HashSet<(string, string)>();
        foreach (var type in Types(assembly))
        {
            var user = Outermost(type);
            void Add(TypeReference? target)
            {
                for (; target is not null; target = target is TypeSpecification specification ? specification.ElementType : null)
                {
                    if (target is GenericInstanceType generic)
                    {
                        foreach (var argument in generic.GenericArguments)
                        {
                            Add(argument);
                        }
                    }

                    uses.Add((user, Outermost(target)));
                }
            }

            Add(type.BaseType);
            foreach (var contract in type.Interfaces)
            {
                Add(contract.InterfaceType);
            }

            foreach (var field in type.Fields)
            {
                Add(field.FieldType);
            }

            foreach (var method in type.Methods)
            {
                Add(method.ReturnType);
                foreach (var parameter in method.Parameters)
                {
                    Add(parameter.ParameterType);
                }

                foreach (var instruction in method.HasBody ? method.Body.Instructions : [])
                {
                    switch (instruction.Operand)
                    {
                        case MethodReference called:
                            Add(called.DeclaringType);
                            uses.Add((user, $"{called.DeclaringType.FullName}::{called.Name}"));
                            foreach (var argument in called is GenericInstanceMethod instance ? instance.GenericArguments : [])
                            {
                                Add(argument);
                            }

                            break;
                        case FieldReference touched:
                            Add(touched.DeclaringType);
                            break;
                        case TypeReference named:
                            Add(named);
                            break;
                    }
                }
            }
        }

        return uses;
    }

    private static string Outermost(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.FullName.Split('`')[0];
    }

    /// <summary>Source generators put regular expressions, log methods and serialisers of their own into namespaces of their own.</summary>
    private static bool IsGenerated(TypeDefinition type) =>
        type.FullName.Contains("Generated", StringComparison.Ordinal) || type.Name.StartsWith('<');
}
