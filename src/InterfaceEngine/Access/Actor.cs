namespace InterfaceEngine.Access;

/// <summary>Who works at this terminal, for the audit.</summary>
internal static class Actor
{
    /// <summary>The account's name; behind <c>sudo</c> the person's own, e.g. <c>maria (as root)</c>.</summary>
    public static string Current() => Describe(Environment.UserName, Environment.GetEnvironmentVariable("SUDO_USER"));

    internal static string Describe(string account, string? person) =>
        string.IsNullOrWhiteSpace(person) || person == account ? account : $"{person} (as {account})";
}
