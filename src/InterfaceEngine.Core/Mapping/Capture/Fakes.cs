using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using NodaTime;

namespace InterfaceEngine.Core.Mapping.Capture;

/// <summary>
/// Replaces what a message says by invented text of the same shape: letters by letters, digits by digits, case, length and separators kept.
/// The same word gets the same fake for as long as the object lives. Fakes follow from a key that is made for one capture and kept nowhere,
/// so nobody can find a word by trying all there are.
/// </summary>
public sealed partial class Fakes
{
    public const int KeyBytes = 32;

    private const string Consonants = "bcdfghklmnprstvw";
    private const string Vowels = "aeiou";

    /// <summary>A word that gets a fake which is another word of the message tries again, this often.</summary>
    private const int AttemptsMax = 200;

    /// <summary>Shorter words need only differ from what they stand for: there are too few of them to avoid the others.</summary>
    private const int ShortLength = 3;

    private const int PhoneDigits = 10;

    /// <summary>What stands beside the digits of a telephone number and says nothing of anybody: extension, use and equipment.</summary>
    private static readonly HashSet<string> _ofPhones =
        new(StringComparer.OrdinalIgnoreCase) { "x", "ext", "extn", "extension", "tel", "ph", "phone", "home", "work", "cell", "mobile", "fax", "pager", "modem" };

    private readonly byte[] _key;
    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly HashSet<string> _originals;

    /// <param name="key">Random bytes, <see cref="KeyBytes"/> of them.</param>
    /// <param name="original">All text of the message: none of its words is used as a fake.</param>
    /// <param name="sent">The day on which it was sent, or the first of several.</param>
    public Fakes(byte[] key, string original, LocalDate sent)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyBytes);
        _key = key;
        _originals = [.. Word().Matches(original).Select(match => match.Value.ToLowerInvariant())];
        Dates = new FakeDates(Hash("dates", 0), sent);
    }

    /// <summary>Moves every date and time.</summary>
    public FakeDates Dates { get; }

    /// <summary>Any text, word for word. What stands between words stays; a date in it is a word of digits like any other.</summary>
    public string Text(string text) => Word().Replace(text, match => Fake(match.Value));

    /// <summary>
    /// A telephone number keeps its form and gets 555 as its exchange. It ends where it is read to end, at a letter or one of <c>#;,</c>
    /// behind its digits. Of words only those that say what number it is stay: feeds write <c>(217)555-0101 MARY</c> there.
    /// </summary>
    public string Phone(string text)
    {
        var end = Math.Max(0, text.AsSpan().IndexOfAnyInRange('0', '9'));
        while (end < text.Length && !(char.IsLetter(text[end]) || text[end] is '#' or ';' or ','))
        {
            end++;
        }

        var digits = string.Concat(text[..end].Where(char.IsAsciiDigit));
        var own = digits.Length == PhoneDigits + 1 && digits[0] == '1' ? digits[1..] : digits;
        string fake;
        switch (own.Length)
        {
            case PhoneDigits:
                var number = Fake(own);
                fake = $"{digits[..^PhoneDigits]}{(char)('2' + ((number[0] - '0') % 8))}{(char)('0' + ((number[1] - '0') % 9))}{number[2]}555{number[6..]}";
                break;
            case PhoneDigits - 3:
                fake = $"555{Fake(own)[3..]}";
                break;
            default:
                // Of an international number the country stays.
                var kept = text.AsSpan().TrimStart().StartsWith("+") && own.Length > PhoneDigits - 2 ? 2 : 0;
                fake = own[..kept] + (own.Length > kept ? Fake(own[kept..]) : "");
                break;
        }

        var at = 0;
        var front = string.Concat(text[..end].Select(character => char.IsAsciiDigit(character) ? fake[at++] : character));
        return PhoneWord().Replace(front, KeptOrFake) + PhonePart().Replace(text[end..], KeptOrFake);

        string KeptOrFake(Match match) => _ofPhones.Contains(match.Value) ? match.Value : Fake(match.Value);
    }

    /// <summary>An address keeps its length in front of the <c>@</c> and is of a domain that belongs to nobody.</summary>
    public string Email(string text) => text.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? $"{Text(text[..at])}@example.org" : Text(text);

    /// <summary>What one word becomes: letters become letters and digits digits, a digit that is not 0 in front another that is not.</summary>
    private string Fake(string word)
    {
        var low = word.ToLowerInvariant();
        if (!_words.TryGetValue(low, out var fake))
        {
            var attempt = 0;
            do
            {
                fake = Make(low, attempt++);
            }
            while (attempt < AttemptsMax && (fake == low || (low.Length >= ShortLength && (_originals.Contains(fake) || !_used.Add(fake)))));
            _words[low] = fake;
        }

        return string.Create(word.Length, (word, fake), static (text, words) =>
        {
            for (var index = 0; index < text.Length; index++)
            {
                text[index] = char.IsUpper(words.word[index]) ? char.ToUpperInvariant(words.fake[index]) : words.fake[index];
            }
        });
    }

    private string Make(string low, int attempt)
    {
        var text = new StringBuilder(low.Length);
        var bytes = Array.Empty<byte>();
        var letters = 0;
        for (var index = 0; index < low.Length; index++)
        {
            if (index % SHA256.HashSizeInBytes == 0)
            {
                bytes = Hash(string.Create(CultureInfo.InvariantCulture, $"word {attempt} {index} {low}"), 0);
            }

            var chance = bytes[index % SHA256.HashSizeInBytes];
            text.Append(
                !char.IsAsciiDigit(low[index]) ? letters++ % 2 == 0 ? Consonants[chance % Consonants.Length] : Vowels[chance % Vowels.Length]
                : index > 0 ? (char)('0' + (chance % 10))
                : low[0] == '0' ? '0' : (char)('1' + (chance % 9)));
        }

        return text.ToString();
    }

    private byte[] Hash(string text, int number) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number} {text}")));

    /// <summary>Surrogates are halves of rare letters.</summary>
    [GeneratedRegex(@"[\p{L}\p{N}\p{M}\p{Cs}]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"[\p{L}\p{N}\p{M}\p{Cs}-[0-9]]+")]
    private static partial Regex PhoneWord();

    [GeneratedRegex(@"[0-9]+|[\p{L}\p{N}\p{M}\p{Cs}-[0-9]]+")]
    private static partial Regex PhonePart();
}
