using System.Globalization;

namespace InterfaceEngine.Core.Mapping.Expressions;

/// <summary>Work on dates.</summary>
internal static class DateFunctions
{
    /// <summary>Whole years from one date to another, below zero backwards. Who is born on 29 February is a year older on 1 March.</summary>
    public static ExpressionValue Years(DateOnly from, DateOnly to)
    {
        if (to < from)
        {
            return ExpressionValue.OfNumber(-Years(to, from).Number);
        }

        var years = to.Year - from.Year;
        return ExpressionValue.OfNumber((to.Month, to.Day).CompareTo((from.Month, from.Day)) < 0 ? years - 1 : years);
    }

    /// <summary>The date, or missing when there is none such.</summary>
    public static ExpressionValue Date(in ExpressionValue year, in ExpressionValue month, in ExpressionValue day)
    {
        if (Whole(year) is not (>= 1 and <= 9999 and var y)
            || Whole(month) is not (>= 1 and <= 12 and var m)
            || Whole(day) is not (>= 1 and var d)
            || d > DateTime.DaysInMonth(y, m))
        {
            return ExpressionValue.Missing;
        }

        return ExpressionValue.OfDate(new DateOnly(y, m, d));
    }

    private static int? Whole(in ExpressionValue value) =>
        int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
