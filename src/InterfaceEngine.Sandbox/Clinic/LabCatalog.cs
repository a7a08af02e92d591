namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>What the laboratory measures. Codes are LOINC's; numbers are drawn from the ranges.</summary>
internal static class LabCatalog
{
    public static IReadOnlyList<LabPanel> Panels { get; } =
    [
        new("", "", "24323-8", "Comprehensive metabolic panel", [],
        [
            Number("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", "70-99"),
            Number("3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "mg/dL", "7-20"),
            Number("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", "0.60-1.20"),
            Number("2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L", "136-145"),
            Number("2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", "3.5-5.1"),
            Number("2075-0", "Chloride [Moles/volume] in Serum or Plasma", "mmol/L", "98-107"),
            Number("2028-9", "Carbon dioxide, total [Moles/volume] in Serum or Plasma", "mmol/L", "22-29"),
            Number("17861-6", "Calcium [Mass/volume] in Serum or Plasma", "mg/dL", "8.6-10.3"),
            Number("2885-2", "Protein [Mass/volume] in Serum or Plasma", "g/dL", "6.4-8.3"),
            Number("1751-7", "Albumin [Mass/volume] in Serum or Plasma", "g/dL", "3.5-5.2"),
            Number("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", "mg/dL", "0.2-1.2"),
            Number("6768-6", "Alkaline phosphatase [Enzymatic activity/volume]", "U/L", "40-129"),
            Number("1742-6", "Alanine aminotransferase [Enzymatic activity/volume]", "U/L", "7-55"),
            Number("1920-8", "Aspartate aminotransferase [Enzymatic activity/volume]", "U/L", "8-48"),
            new("SN", "33914-3", "Glomerular filtration rate, estimated", "", [">", "60"], "mL/min", ">60", "", 'F', ""),
        ]),
        new("", "", "58410-2", "Complete blood count with differential", [],
        [
            Number("6690-2", "Leukocytes [#/volume] in Blood", "10*3/uL", "4.5-11.0"),
            Number("789-8", "Erythrocytes [#/volume] in Blood", "10*6/uL", "4.20-5.90"),
            Number("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", "12.0-17.5"),
            Number("4544-3", "Hematocrit [Volume Fraction] of Blood", "%", "36-51"),
            Number("787-2", "Erythrocyte mean corpuscular volume", "fL", "80-100"),
            Number("785-6", "Erythrocyte mean corpuscular hemoglobin", "pg", "27-33"),
            Number("777-3", "Platelets [#/volume] in Blood", "10*3/uL", "150-450"),
            Number("770-8", "Neutrophils/100 leukocytes in Blood", "%", "40-70"),
            Number("736-9", "Lymphocytes/100 leukocytes in Blood", "%", "20-45"),
            Number("5905-5", "Monocytes/100 leukocytes in Blood", "%", "2-10"),
            Number("713-8", "Eosinophils/100 leukocytes in Blood", "%", "0-6"),
            new("CE", "882-1", "ABO and Rh group [Type] in Blood", "", ["A POS", "A Rh positive", "L"], "", "", "", 'F', ""),
            new("ST", "11156-7", "Leukocyte morphology", "1", ["Normal"], "", "", "", 'F', ""),
            new("ST", "11156-7", "Leukocyte morphology", "2", ["No blasts seen"], "", "", "", 'F', ""),
            new("TX", "8251-1", "Service comment", "", ["Reviewed by the pathologist on duty: no further study is advised."], "", "", "", 'F', ""),
        ]),
        new("", "", "57698-3", "Lipid panel with thyroid function", [],
        [
            Number("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", "100-199"),
            Number("2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "mg/dL", "40-149"),
            Number("2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "mg/dL", "40-90"),
            Number("13457-7", "Cholesterol in LDL (calculated) [Mass/volume]", "mg/dL", "50-99"),
            Number("43396-1", "Cholesterol non HDL [Mass/volume] in Serum or Plasma", "mg/dL", "60-129"),
            Number("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "m[IU]/L", "0.40-4.50"),
            Number("3024-7", "Thyroxine (T4) free [Mass/volume] in Serum or Plasma", "ng/dL", "0.8-1.8"),
            Number("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", "4.0-5.6"),
        ]),
    ];

    /// <summary>A whole report as a document: base 64 in an ED value.</summary>
    public static LabPanel Document(string placerId, string fillerId, char status) => new(placerId, fillerId, "11502-2", "Laboratory report", [],
        [new("ED", "11502-2", "Laboratory report", "", ["", "application", "pdf", "Base64", Convert.ToBase64String(Pdf.OneLine("Invented laboratory report"))], "", "", "", status, "")]);

    private static Observation Number(string code, string text, string units, string range) => new("NM", code, text, "", [], units, range, "", 'F', "");
}
