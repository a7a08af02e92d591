using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests;

/// <summary>
/// Generated JSON readers set every <c>init</c> property, to nothing where the document is silent, whatever its initialiser says: a default that is written as an
/// initialiser alone never holds for what was read. So what may be left out is nullable, or takes its default for nothing.
/// </summary>
public sealed class JsonDefaultsTests
{
    public static TheoryData<Type> Contexts() =>
        [.. ((Type[])[typeof(EngineHost), typeof(StoredRecord)]).SelectMany(type => type.Assembly.GetTypes()).Where(type => type.IsSubclassOf(typeof(JsonSerializerContext)))];

    [Theory]
    [MemberData(nameof(Contexts))]
    public void No_default_of_a_document_is_lost_in_reading(Type context)
    {
        var json = (JsonSerializerContext)context.GetProperty("Default", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(null)!;
        var types = context.GetCustomAttributesData().Where(one => one.AttributeType == typeof(JsonSerializableAttribute)).Select(one => (Type)one.ConstructorArguments[0].Value!);

        types.SelectMany(type => Lost(json, type, [])).Distinct().Order().Should().BeEmpty();
    }

    private static IEnumerable<string> Lost(JsonSerializerContext json, Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type) || type.Assembly == typeof(string).Assembly)
        {
            return type.IsGenericType || type.HasElementType ? (type.HasElementType ? [type.GetElementType()!] : type.GetGenericArguments()).SelectMany(part => Lost(json, part, seen)) : [];
        }

        if (json.GetTypeInfo(type) is not { Kind: System.Text.Json.Serialization.Metadata.JsonTypeInfoKind.Object } info || New(type) is not { } made)
        {
            return [];
        }

        var parameters = type.GetConstructors().SelectMany(one => one.GetParameters()).Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return info.Properties.Select(property => property.AttributeProvider).OfType<PropertyInfo>()
            .SelectMany(property => (IsInit(property) && !parameters.Contains(property.Name) && !IsRequired(property) && IsLost(property, made) ? [$"{type.Name}.{property.Name}"] : Array.Empty<string>())
                .Concat(Lost(json, property.PropertyType, seen)));
    }

    private static bool IsInit(PropertyInfo property) => property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;

    private static bool IsRequired(PropertyInfo property) => property.IsDefined(typeof(RequiredMemberAttribute));

    /// <summary>It has a default that it does not have any more once it was set to nothing, as a reader does.</summary>
    private static bool IsLost(PropertyInfo property, object made)
    {
        if (IsNothing(property.GetValue(made)))
        {
            return false;
        }

        property.SetValue(made, property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null);
        return IsNothing(property.GetValue(made));
    }

    private static bool IsNothing(object? value) => value is null || (value.GetType().IsValueType && value.Equals(Activator.CreateInstance(value.GetType())));

    private static object? New(Type type)
    {
        if (type.IsAbstract)
        {
            return null;
        }

        var constructor = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(one => one.GetParameters() is not [var only] || only.ParameterType != type).MaxBy(one => one.GetParameters().Length);
        return constructor?.Invoke([.. constructor.GetParameters().Select(parameter => parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null)]);
    }
}
