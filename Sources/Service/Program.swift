/// What this program is.
public enum Program {
    public static let version = "0.1"
}
