namespace InterfaceEngine.Api;

/// <summary>The HTTP interface can't be opened. The message says where and why, for the operator.</summary>
internal sealed class ApiStartException(string message, Exception innerException) : Exception(message, innerException);
