using System.Diagnostics.CodeAnalysis;
using System.Text;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Json;

/// <summary>What a value of a document is.</summary>
public enum JsonItemKind : byte
{
    None,

    [SuppressMessage("Naming", "CA1720", Justification = "JSON's own word.")]
    Object,
    Array,
    Text,
    Number,
    True,
    False,
    Null,
}

/// <summary>One value of a document, or nothing. It refers to the document's bytes and copies none.</summary>
public readonly struct JsonItem
{
    private readonly JsonBody? _body;
    private readonly int _index;

    internal JsonItem(JsonBody body, int index)
    {
        _body = body;
        _index = index;
    }

    /// <summary>False when there is no such value.</summary>
    public bool IsPresent => _body is not null;

    /// <summary>Whether it is of this document.</summary>
    internal bool IsIn(JsonBody? body) => _body is not null && ReferenceEquals(_body, body);

    public JsonItemKind Kind => _body is null ? JsonItemKind.None : Node.Kind;

    public bool IsScalar => Kind is JsonItemKind.Text or JsonItemKind.Number or JsonItemKind.True or JsonItemKind.False;

    /// <summary>Where it stands in the document, quotes and brackets included.</summary>
    public ByteRange Range => _body is null ? ByteRange.None : Node.Kind == JsonItemKind.Text ? new ByteRange(Node.Start - 1, Node.Length + 2) : new ByteRange(Node.Start, Node.Length);

    /// <summary>Its bytes as they stand in the document.</summary>
    public ReadOnlyMemory<byte> Raw => _body is null ? default : _body.Bytes.Slice(Range.Offset, Range.Length);

    /// <summary>The name under which an object holds it; empty for an item of an array.</summary>
    public string Name => _body is null || Node.NameStart < 0 ? "" : _body.NameOf(Node);

    /// <summary>The property of an object; not present when this is none, or has it not.</summary>
    /// <param name="name">The name in UTF-8.</param>
    public JsonItem this[ReadOnlySpan<byte> name] => _body is null ? default : _body.Find(_index, name);

    /// <summary>The values of an object or an array, in their order.</summary>
    public Enumerator GetEnumerator() => _body is null || Node.Kind is not (JsonItemKind.Object or JsonItemKind.Array) ? default : new Enumerator(_body, _index + 1, Node.Next);

    /// <summary>The first value of an object or array.</summary>
    public JsonItem First
    {
        get
        {
            var items = GetEnumerator();
            return items.MoveNext() ? items.Current : default;
        }
    }

    /// <summary>An array with more than one value.</summary>
    public bool HasSeveral
    {
        get
        {
            var items = Kind == JsonItemKind.Array ? GetEnumerator() : default;
            return items.MoveNext() && items.MoveNext();
        }
    }

    /// <summary>The text of a scalar into a buffer; a number and a truth value as they are written.</summary>
    /// <returns>False when it is no scalar, does not fit, or is no text (<see cref="TryDecode"/> says which).</returns>
    public bool TryCopy(Span<char> buffer, out int length)
    {
        length = 0;
        if (!IsScalar)
        {
            return false;
        }

        var raw = Content;
        return Node.Kind == JsonItemKind.Text && Node.HasEscapes
            ? raw.Length <= buffer.Length && JsonEscapes.TryDecode(raw, buffer, out length)
            : Encoding.UTF8.TryGetChars(raw, buffer, out length);
    }

    /// <summary>The text of a scalar.</summary>
    /// <returns>False when an escape in it stands for no character (a surrogate without its other half).</returns>
    public bool TryDecode(out string text)
    {
        var raw = IsScalar ? Content : default;
        if (!IsScalar || Node.Kind != JsonItemKind.Text || !Node.HasEscapes)
        {
            text = Encoding.UTF8.GetString(raw);
            return true;
        }

        var buffer = new char[raw.Length];
        var isText = JsonEscapes.TryDecode(raw, buffer, out var length);
        text = new string(buffer, 0, length);
        return isText;
    }

    /// <summary>Whether it is a scalar of this text.</summary>
    public bool Says(ReadOnlySpan<byte> utf8) => IsScalar && (Node.HasEscapes ? TryDecode(out var text) && text == Encoding.UTF8.GetString(utf8) : Content.SequenceEqual(utf8));

    private ReadOnlySpan<byte> Content => _body!.Bytes.Span.Slice(Node.Start, Node.Length);

    private ref readonly JsonBody.Node Node => ref _body!.NodeAt(_index);

    /// <summary>Goes through the values of an object or an array.</summary>
    public struct Enumerator
    {
        private readonly JsonBody? _body;
        private readonly int _end;
        private int _next;
        private int _index;

        internal Enumerator(JsonBody body, int first, int end)
        {
            _body = body;
            _next = first;
            _end = end;
            _index = -1;
        }

        public readonly JsonItem Current => new(_body!, _index);

        public bool MoveNext()
        {
            if (_body is null || _next >= _end)
            {
                return false;
            }

            _index = _next;
            _next = _body.NodeAt(_index).Next;
            return true;
        }
    }
}
