namespace InterfaceEngine.Intake;

/// <summary>
/// Which exception was thrown where, for the log. Never its message: one from below may quote a patient's value.
/// </summary>
internal readonly record struct ExceptionPlace(Exception Exception)
{
    public override string ToString() => Exception.InnerException is { } inner
        ? $"{Exception.GetType()} from {new ExceptionPlace(inner)}\n{Exception.StackTrace}"
        : $"{Exception.GetType()}\n{Exception.StackTrace}";
}
