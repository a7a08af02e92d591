using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace InterfaceEngine.Core.Json;

/// <summary>
/// A JSON document, taken apart once: where each value stands and what it is, in one array. Immutable; used by all threads. It is
/// stricter than JSON has to be: a property that stands twice, and bytes that are no UTF-8, are faults, for each of two readers might
/// take another meaning from them.
/// </summary>
public sealed class JsonBody
{
    /// <summary>Above this many properties of one object, names are told apart by a set instead of one by one.</summary>
    private const int FewNames = 24;

    private static readonly JsonReaderOptions _strict = new() { CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    private readonly Node[] _nodes;
    private readonly int _count;

    private JsonBody(ReadOnlyMemory<byte> bytes, Node[] nodes, int count)
    {
        Bytes = bytes;
        _nodes = nodes;
        _count = count;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The document's one value.</summary>
    public JsonItem Root => new(this, 0);

    /// <summary>How many values it holds.</summary>
    public int Count => _count;

    /// <exception cref="JsonBodyException">It is not JSON, says something twice, or passes a limit.</exception>
    public static JsonBody Parse(ReadOnlyMemory<byte> body, JsonLimits? limits = null) => new Parser(body, limits ?? JsonLimits.Default).Run();

    public static bool TryParse(ReadOnlyMemory<byte> body, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out JsonBody? parsed, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out JsonBodyException? fault)
    {
        (parsed, fault) = (null, null);
        try
        {
            parsed = Parse(body);
            return true;
        }
        catch (JsonBodyException wrong)
        {
            fault = wrong;
            return false;
        }
    }

    /// <summary>The path of the value that stands at a byte: <c>name[1].given[1]</c>, counted from 1.</summary>
    public string PathOf(int offset)
    {
        var steps = new List<string>();
        for (var item = Root; ;)
        {
            var number = 0;
            var inner = default(JsonItem);
            foreach (var child in item)
            {
                number++;
                if (child.Range.Offset <= offset && offset < child.Range.Offset + child.Range.Length)
                {
                    inner = child;
                    break;
                }
            }

            if (!inner.IsPresent)
            {
                return JsonNames.Path(steps);
            }

            steps.Add(inner.Name.Length > 0 ? JsonNames.ForPeople(inner.Name) : $"[{number}]");
            item = inner;
        }
    }

    internal ref readonly Node NodeAt(int index) => ref _nodes[index];

    internal JsonItem Find(int index, ReadOnlySpan<byte> name)
    {
        ref readonly var parent = ref _nodes[index];
        if (parent.Kind != JsonItemKind.Object)
        {
            return default;
        }

        var bytes = Bytes.Span;
        for (var child = index + 1; child < parent.Next; child = _nodes[child].Next)
        {
            ref readonly var node = ref _nodes[child];
            if (node.NameHasEscapes ? NameOf(node) == Encoding.UTF8.GetString(name) : node.NameLength == name.Length && bytes.Slice(node.NameStart, node.NameLength).SequenceEqual(name))
            {
                return new JsonItem(this, child);
            }
        }

        return default;
    }

    internal string NameOf(in Node node) => NameOf(Bytes.Span, node);

    private static string NameOf(ReadOnlySpan<byte> bytes, in Node node)
    {
        var raw = bytes.Slice(node.NameStart, node.NameLength);
        if (!node.NameHasEscapes)
        {
            return Encoding.UTF8.GetString(raw);
        }

        var buffer = new char[raw.Length];
        JsonEscapes.TryDecode(raw, buffer, out var length);
        return new string(buffer, 0, length);
    }

    /// <summary>One value.</summary>
    internal struct Node
    {
        /// <summary>Of a text, the first byte behind the quote.</summary>
        public int Start;

        /// <summary>Of a text, without the quotes.</summary>
        public int Length;

        /// <summary>The index of what follows it and all it holds.</summary>
        public int Next;

        /// <summary>-1 for an item of an array.</summary>
        public int NameStart;
        public int NameLength;
        public JsonItemKind Kind;
        public bool HasEscapes;
        public bool NameHasEscapes;
    }

    private sealed class Parser(ReadOnlyMemory<byte> body, JsonLimits limits)
    {
        private readonly List<int> _open = [];
        private Node[] _nodes = new Node[Math.Clamp(body.Length / 24, 8, 4096)];
        private int _count;
        private int _nameStart = -1;
        private int _nameLength;
        private bool _nameHasEscapes;

        public JsonBody Run()
        {
            if (body.Length > limits.BytesMax)
            {
                throw Fault(0, $"{body.Length} bytes; at most {limits.BytesMax} are taken.");
            }

            // A byte order mark is no part of the text (RFC 8259 §8.1).
            var start = body.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
            if (!Utf8.IsValid(body.Span))
            {
                throw Fault(FirstBad(body.Span), "a byte that is no UTF-8.");
            }

            var reader = new Utf8JsonReader(body.Span[start..], _strict with { MaxDepth = limits.DepthMax + 1 });
            try
            {
                while (reader.Read())
                {
                    Take(ref reader, start);
                }
            }
            catch (JsonException)
            {
                var at = start + (int)reader.BytesConsumed;
                throw Fault(at, _count == 0 && at >= body.Length ? "an empty document; JSON is expected." : _open.Count > 0 && IsCutOff(at) ? "the document ends here, inside what is open." : "this is not JSON.");
            }

            return new JsonBody(body, _nodes, _count);
        }

        private bool IsCutOff(int at) => body.Span[at..].Trim(" \t\r\n"u8).IsEmpty;

        private void Take(ref Utf8JsonReader reader, int start)
        {
            var at = start + (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    (_nameStart, _nameLength, _nameHasEscapes) = (at + 1, reader.ValueSpan.Length, reader.ValueIsEscaped);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    Close(at + 1);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    if (_open.Count == limits.DepthMax)
                    {
                        throw Fault(at, $"deeper than {limits.DepthMax} objects and arrays.");
                    }

                    _open.Add(Add(at, 0, reader.TokenType == JsonTokenType.StartObject ? JsonItemKind.Object : JsonItemKind.Array, hasEscapes: false));
                    break;
                case JsonTokenType.String:
                    Add(at + 1, reader.ValueSpan.Length, JsonItemKind.Text, reader.ValueIsEscaped);
                    break;
                default:
                    Add(at, reader.ValueSpan.Length, reader.TokenType switch
                    {
                        JsonTokenType.Number => JsonItemKind.Number,
                        JsonTokenType.True => JsonItemKind.True,
                        JsonTokenType.False => JsonItemKind.False,
                        _ => JsonItemKind.Null,
                    }, hasEscapes: false);
                    break;
            }
        }

        private int Add(int start, int length, JsonItemKind kind, bool hasEscapes)
        {
            if (_count == limits.ItemsMax)
            {
                throw Fault(start, $"more than {limits.ItemsMax} values.");
            }

            if (_count == _nodes.Length)
            {
                Array.Resize(ref _nodes, _nodes.Length * 2);
            }

            _nodes[_count] = new Node
            {
                Start = start,
                Length = length,
                Kind = kind,
                HasEscapes = hasEscapes,
                Next = _count + 1,
                NameStart = _nameStart,
                NameLength = _nameLength,
                NameHasEscapes = _nameHasEscapes,
            };
            _nameStart = -1;
            return _count++;
        }

        private void Close(int end)
        {
            var index = _open[^1];
            ref var node = ref _nodes[index];
            node.Length = end - node.Start;
            node.Next = _count;
            if (node.Kind == JsonItemKind.Object)
            {
                CheckNames(index);
            }

            _open.RemoveAt(_open.Count - 1);
        }

        private void CheckNames(int index)
        {
            var bytes = body.Span;
            var names = 0;
            HashSet<string>? seen = null;
            for (var child = index + 1; child < _count; child = _nodes[child].Next)
            {
                ref readonly var node = ref _nodes[child];
                if (++names > FewNames || node.NameHasEscapes || seen is not null)
                {
                    if (seen is null)
                    {
                        seen = new HashSet<string>(StringComparer.Ordinal);
                        for (var before = index + 1; before < child; before = _nodes[before].Next)
                        {
                            seen.Add(NameOf(bytes, _nodes[before]));
                        }
                    }

                    if (!seen.Add(NameOf(bytes, node)))
                    {
                        throw Twice(node);
                    }

                    continue;
                }

                var name = bytes.Slice(node.NameStart, node.NameLength);
                for (var before = index + 1; before < child; before = _nodes[before].Next)
                {
                    if (_nodes[before].NameLength == name.Length && bytes.Slice(_nodes[before].NameStart, name.Length).SequenceEqual(name))
                    {
                        throw Twice(node);
                    }
                }
            }
        }

        private JsonBodyException Twice(in Node node) => Fault(node.NameStart - 1, $"the property {JsonNames.ForPeople(NameOf(body.Span, node))} stands twice.");

        private JsonBodyException Fault(int offset, string reason)
        {
            var steps = _open.Select(Step);
            return new JsonBodyException(JsonNames.Path([.. _nameStart < 0 ? steps : steps.Append(JsonNames.ForPeople(NameOf(body.Span, new Node { NameStart = _nameStart, NameLength = _nameLength, NameHasEscapes = _nameHasEscapes })))]), offset, reason);
        }

        /// <summary>The name or number of what is open.</summary>
        private string Step(int index, int level)
        {
            ref readonly var node = ref _nodes[index];
            if (node.NameStart >= 0)
            {
                return JsonNames.ForPeople(NameOf(body.Span, node));
            }

            var number = 0;
            for (var item = level == 0 ? index : _open[level - 1] + 1; item < index; item = _nodes[item].Next)
            {
                number++;
            }

            return level == 0 ? "" : $"[{number + 1}]";
        }

        private static int FirstBad(ReadOnlySpan<byte> bytes)
        {
            var at = 0;
            while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            {
                at += length;
            }

            return at;
        }
    }
}

/// <summary>Names of properties as reports may show them.</summary>
internal static class JsonNames
{
    private const int LengthMax = 40;

    /// <summary>The most digits in a row; <c>language6392code</c> is a property's name, and longer numbers are people's.</summary>
    private const int DigitsMax = 4;

    /// <summary>
    /// A name that starts with a letter, of letters, digits, <c>_</c> and <c>-</c>. Any other might be a patient's, in an object that is
    /// keyed by a chart or social security number, and is not shown.
    /// </summary>
    public static string ForPeople(string name)
    {
        var isName = name.Length is > 0 and <= LengthMax && (char.IsAsciiLetter(name[0]) || name[0] == '_');
        var digits = 0;
        foreach (var character in name)
        {
            digits = char.IsAsciiDigit(character) ? digits + 1 : 0;
            isName &= digits <= DigitsMax && (char.IsAsciiLetterOrDigit(character) || character is '_' or '-');
        }

        return isName ? name : "?";
    }

    /// <summary><c>name[2].given</c></summary>
    public static string Path(IReadOnlyList<string> steps)
    {
        var path = new StringBuilder();
        foreach (var step in steps.Where(step => step.Length > 0))
        {
            path.Append(path.Length == 0 || step[0] == '[' ? "" : ".").Append(step);
        }

        return path.ToString();
    }
}
