import GRDB

extension Store {
    /// Writes the file anew without what was taken out of it, and empties the log: free pages and the log hold old bytes
    /// until then.
    ///
    /// Takes as much room again as the file has. Throws `StoreTrouble`, also where somebody reads the file and so keeps
    /// the log from being emptied.
    public func scrub() throws {
        try trying("write the database anew") { try pool.vacuum() }
    }
}
