using System.Reflection;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Store;

/// <summary>Every question that a store answers, asked so that each of its statements is run.</summary>
internal static class StoreQuestions
{
    /// <param name="reader">Of a store that holds patient 1 of <see cref="StoreSamples.Practice"/>.</param>
    /// <param name="afterEach">Called after each question.</param>
    public static void AskAll(IStoreReader reader, Action afterEach)
    {
        foreach (var question in Questions())
        {
            foreach (var arguments in Arguments(question, reader))
            {
                question.Invoke(reader, arguments);
                afterEach();
            }
        }
    }

    private static IEnumerable<MethodInfo> Questions() =>
        typeof(IStoreReader).GetInterfaces().Append(typeof(IStoreReader)).SelectMany(type => type.GetMethods()).Where(method => method.Name != nameof(IStoreReader.Shown));

    /// <summary>Every combination of its parameters' values.</summary>
    private static IEnumerable<object?[]> Arguments(MethodInfo question, IStoreReader reader) =>
        question.GetParameters().Aggregate(
            (IEnumerable<object?[]>)[[]], (so, parameter) => so.SelectMany(before => Values(parameter, reader).Select(value => before.Append(value).ToArray())));

    /// <summary>Values that lead a question to all of its statements.</summary>
    private static IReadOnlyList<object?> Values(ParameterInfo parameter, IStoreReader reader) => parameter switch
    {
        { Name: "practice" } => new NullabilityInfoContext().Create(parameter).ReadState is NullabilityState.Nullable ? [null, StoreSamples.Practice] : [StoreSamples.Practice],
        { Name: "state", ParameterType.Name: nameof(String) } => ["open"],
        { Name: "state" } => [MessageState.Parked],
        _ when parameter.ParameterType == typeof(string) => ["patient"],
        _ when parameter.ParameterType == typeof(bool) => [false, true],
        _ when parameter.ParameterType == typeof(int) => [10],
        _ when parameter.ParameterType == typeof(long) => [1L],
        { Name: "until" } => [new EngineId(long.MaxValue)],
        _ when parameter.ParameterType == typeof(EngineId) => [new EngineId(1)],
        _ when parameter.ParameterType == typeof(IReadOnlyList<EngineId>) => [(EngineId[])[new EngineId(1), new EngineId(2)]],
        _ when parameter.ParameterType == typeof(RecordAlias) => [StoreSamples.Patient("1")],
        _ when parameter.ParameterType == typeof(LookUpKey) => [new LookUpKey("patient", "name", "DOE")],
        _ when parameter.ParameterType == typeof(StoredRecord) => [reader.Record(StoreSamples.Practice, StoreSamples.Patient("1"))!],
        _ when parameter.ParameterType == typeof(NumberRange) => [new NumberRange(1, 10)],
        _ when parameter.ParameterType == typeof(Stream) => [Stream.Null],
        _ when parameter.ParameterType == typeof(DroppedKind) => [.. Enum.GetValues<DroppedKind>()],
        _ when parameter.ParameterType == typeof(ReadOnlyMemory<byte>) => [new ReadOnlyMemory<byte>(new byte[32])],
        _ when parameter.ParameterType == typeof(FileRunQuery) =>
        [
            .. from practice in (string?[])[null, StoreSamples.Practice] from source in (string?[])[null, "nightly"]
               from state in (FileRunState?[])[null, FileRunState.Held]
               select new FileRunQuery(practice, source, state),
        ],
        _ when parameter.ParameterType == typeof(MessageFilter) =>
        [
            .. from practice in (string?[])[null, StoreSamples.Practice] from state in Enum.GetValues<MessageState>().Cast<MessageState?>().Append(null)
               from @event in (string?[])[null, "ADT^A04"]
               select new MessageFilter(practice, state, @event, EngineId.None),
        ],
        _ when parameter.ParameterType == typeof(DeliveryFilter) =>
        [
            .. from practice in (string?[])[null, StoreSamples.Practice] from destination in (string?[])[null, "athena"]
               from state in Enum.GetValues<DeliveryState>().Cast<DeliveryState?>().Append(null)
               select new DeliveryFilter(practice, destination, state, EngineId.None),
        ],
        _ => throw new InvalidOperationException($"Say what {parameter.Member.Name} is to be asked with for {parameter.Name}."),
    };
}
