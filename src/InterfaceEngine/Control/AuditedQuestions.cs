using System.Runtime.ExceptionServices;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>Questions whose answer may be a refusal.</summary>
internal static class AuditedQuestions
{
    /// <summary>
    /// As <see cref="IEngineStore.AskAsync"/>, and a refusal is audited as an answer is: whether somebody is a patient
    /// here is itself a patient's secret.
    /// </summary>
    /// <exception cref="RequestException">The question refused.</exception>
    /// <exception cref="ChangeRefusedException">The question refused.</exception>
    public static async Task<T> AskOrRefuseAsync<T>(this IEngineStore store, AuditEntry audit, Func<IStoreReader, T> question, CancellationToken cancellationToken)
    {
        var (answer, refusal) = await store.AskAsync(audit, Ask, cancellationToken);
        refusal?.Throw();
        return answer!;

        (T?, ExceptionDispatchInfo?) Ask(IStoreReader reader)
        {
            try
            {
                return (question(reader), null);
            }
            catch (Exception refused) when (refused is RequestException or ChangeRefusedException)
            {
                return (default, ExceptionDispatchInfo.Capture(refused));
            }
        }
    }
}
