/// There is more to the question than an answer that lies ready: it is one for `kist`, which has all the words and may ask a
/// person. Why, nobody needs to know here; `kist` finds it out again and says it.
struct Unanswered: Error {
    /// Milliseconds for which an agent was waited for in vain.
    var waited = 0

    /// Runs `body`; whatever goes wrong there is left to `kist`.
    static func unless<R: ~Copyable, E: Error>(_ body: () throws(E) -> R) throws(Unanswered) -> R {
        do throws(E) { return try body() } catch { throw Unanswered() }
    }
}
