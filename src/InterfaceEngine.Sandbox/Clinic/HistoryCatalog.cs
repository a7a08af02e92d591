namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>What invented charts are made of. Codes are real ones, so that mappings meet what they will meet.</summary>
internal static class HistoryCatalog
{
    /// <summary>ICD-10-CM.</summary>
    public static readonly (string Code, string Text)[] Problems =
    [
        ("I10", "Essential (primary) hypertension"), ("E11.9", "Type 2 diabetes mellitus without complications"), ("E78.5", "Hyperlipidemia, unspecified"),
        ("J45.909", "Unspecified asthma, uncomplicated"), ("M54.50", "Low back pain, unspecified"), ("F41.1", "Generalized anxiety disorder"),
    ];

    /// <summary>RxNorm.</summary>
    public static readonly (string Code, string Text, string Dose)[] Medications =
    [
        ("314076", "lisinopril 10 MG Oral Tablet", "Take 1 tablet by mouth once daily"), ("861007", "metformin hydrochloride 500 MG Oral Tablet", "Take 1 tablet by mouth twice daily with meals"),
        ("617312", "atorvastatin 20 MG Oral Tablet", "Take 1 tablet by mouth at bedtime"), ("308136", "amlodipine 2.5 MG Oral Tablet", "Take 1 tablet by mouth once daily"),
        ("312938", "sertraline 100 MG Oral Tablet", "Take 1 tablet by mouth in the morning"),
    ];

    /// <summary>CVX.</summary>
    public static readonly (string Code, string Text)[] Vaccines =
        [("150", "Influenza, injectable, quadrivalent, preservative free"), ("115", "Tdap"), ("121", "zoster live"), ("133", "Pneumococcal conjugate PCV 13"), ("03", "MMR")];

    /// <summary>CPT.</summary>
    public static readonly (string Code, string Text)[] Treatments =
        [("36415", "Collection of venous blood by venipuncture"), ("93000", "Electrocardiogram, routine"), ("90471", "Immunization administration"), ("20610", "Arthrocentesis, major joint")];

    /// <summary>LOINC's code of the kind, and its words.</summary>
    public static readonly (string Code, string Text)[] Documents = [("11506-3", "Progress note"), ("11488-4", "Consultation note"), ("34117-2", "History and physical note")];

    public static readonly string[] Reactions = ["Hives", "Wheezing", "Rash", "Nausea"];

    public static readonly (string Title, string Text)[] Plans =
        [("Blood pressure", "Measure at home twice a week and bring the values to the next visit."), ("Diabetes care", "Test A1c every three months; see the eye clinic once a year.")];

    public static readonly (string Topic, string Text)[] Messages =
        [("Lab results available", "Your lab results are now available in the patient portal."), ("Appointment reminder", "Please arrive fifteen minutes before your visit.")];

    public static readonly string[] Errands = ["Schedule follow-up appointment", "Call about the referral", "Send the vaccination record"];
}
