"""The first of somebody's walls that shut a row, as one call: a page of a file asks it sixty times
a statement, and each time a subquery over arrays cost two nodes of the plan.
"""

from django.db import migrations

_FIRST_SHUT = """
CREATE FUNCTION first_shut(about uuid[], since timestamptz[], until timestamptz[],
    came timestamptz, VARIADIC meant uuid[])
  RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE found timestamptz;
BEGIN
  FOR n IN 1 .. cardinality(about) LOOP
    IF about[n] = ANY (meant) AND (until[n] >= came) IS NOT FALSE
      AND (found IS NULL OR since[n] < found) THEN
      found := since[n];
    END IF;
  END LOOP;
  RETURN found;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0014_repeated_no")]
    operations = [migrations.RunSQL(_FIRST_SHUT, "DROP FUNCTION first_shut")]
