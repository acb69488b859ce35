/// Lengths of time and counts in words.
enum Words {
    /// "15 minutes", "8 hours", "10 hours", "2 days": the largest unit that is not a rough one.
    static func length(_ seconds: Int64) -> String {
        if seconds >= 2 * 86_400, seconds % 86_400 == 0 || seconds >= 10 * 86_400 {
            return count(seconds / 86_400, "day")
        }
        if seconds >= 3_600 {
            let hours = seconds / 3_600, minutes = seconds % 3_600 / 60
            return minutes == 0 ? count(hours, "hour") : "\(count(hours, "hour")) \(count(minutes, "minute"))"
        }
        if seconds >= 60 { return count((seconds + 30) / 60, "minute") }
        return count(max(0, seconds), "second")
    }

    static func count(_ number: Int64, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }
    static func count(_ number: Int, _ unit: String) -> String { count(Int64(number), unit) }
}
