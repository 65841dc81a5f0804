# Sourced by Deploy/package: whether later programs are held to the schema that is packed.

# require_frozen: whoever installs a package has data of its schema, which every later program must open. So its steps
# are frozen by their digests, and a database as this program leaves it is kept, which the tests open from then on.
require_frozen() {
    local kept="$top/Tests/Fixtures/Schema" step schema
    step=$(cd "$top/Migrations/SQL" && printf '%s\n' [0-9]*.sql | sort | tail -n 1)
    schema=$((10#${step%%-*}))
    (cd "$top/Migrations/SQL" && sha256sum -- *.sql) | cmp --quiet - "$kept/SHA256SUMS" || fail "the schema is not \
frozen, Migrations/SQL is not what Tests/Fixtures/Schema/SHA256SUMS says: if no step that was released has changed, \
write the digests of $step as FrozenSchemaTests says; or name --trial, to try it only."
    [ -s "$kept/schema-$schema.sql" ] || fail "no database of schema $schema ($step) is kept in Tests/Fixtures/Schema, \
so that no test would open what this package leaves: run SETTLED_FREEZE=1 Deploy/test --filter FrozenDatabaseTests; or \
name --trial, to try it only."
}
