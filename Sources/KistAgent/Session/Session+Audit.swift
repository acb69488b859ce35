private import Glibc
internal import KistModel
internal import KistVault
internal import SecretMemory

/// The log of the open vault. It is opened with the vault and closed before its keys go.
extension Session {
    /// Opens the log when it is not; what fails is tried again with the next entry.
    ///
    /// - Parameter code: the recovery code as text when the vault was just made, else empty.
    func openAudit(code: borrowing SecretBytes) {
        guard let vault, vault.isUnlocked else { return }
        if let audit, !vault.owns(audit) {
            letGo(of: audit)
        }
        do throws(AuditStoreError) {
            if audit == nil {
                audit = try vault.openAudit(
                    in: SpoolFiles(vault: path), seen: auditSeen, isSeenKept: !(auditSeen is NoAnchorStore),
                    limits: limits.audit, newCode: code, now: clock.now())
            }
            audit?.miss(missed)
            missed = 0
            auditFailure = nil
        } catch { auditFailure = error }
    }

    /// Closes the log, and keeps what it could not say any more.
    private func letGo(of audit: AuditLog) {
        audit.close()
        miss(audit.missed)
        self.audit = nil
        auditDue = nil
    }

    private func miss(_ count: UInt32) {
        missed = missed.addingReportingOverflow(count).overflow ? .max : missed + count
    }

    /// Writes an entry down.
    ///
    /// - Throws: when it could not be written and has to be.
    func record(_ entry: AuditEntry, _ demand: AuditLog.Demand) throws(AuditStoreError) {
        if audit == nil { openAudit(code: SecretBytes(count: 0) { _ in }) }
        guard let audit else {
            guard demand == .ifPossible else { throw auditFailure ?? AuditStoreError(code: 0) }
            return miss(1)
        }
        do throws(AuditStoreError) {
            // What could not be made durable in its time has to be before anything else goes out.
            if auditFailure != nil, demand != .ifPossible { try audit.sync() }
            try audit.append(entry, demand)
            auditFailure = nil
        } catch {
            auditFailure = error
            // Its files are closed: the next entry opens them again.
            if error.code == EBADF { letGo(of: audit) }
            throw error
        }
        if audit.isDirty, auditDue == nil { auditDue = clock.nanoseconds() + limits.auditSync }
    }

    /// Begins a line of the log that the new recovery code proves.
    ///
    /// - Parameter code: as shown.
    func renewAudit(code: borrowing SecretBytes, who: AuditEntry.Who) {
        do throws(AuditStoreError) { try audit?.renew(code: code, who: who, now: clock.now()) } catch {
            auditFailure = error
        }
    }

    /// Makes entries durable that wait for it, and looks whether the log is still there. Called by the timer.
    func tendAudit() {
        guard let audit, let due = auditDue, clock.nanoseconds() >= due else { return }
        auditDue = nil
        do throws(AuditStoreError) {
            try audit.check(now: clock.now())
            try audit.sync()
            auditFailure = nil
        } catch { auditFailure = error }
    }

    func closeAudit(_ last: AuditEntry?) {
        auditDue = nil
        guard let audit else { return miss(last == nil ? 0 : 1) }
        if let last { try? audit.append(last, .ifPossible) }
        letGo(of: audit)
    }
}
