"""Write the generated files of the project: ``python kit/generators``.

They are ``docs/script.md``, ``docs/errors.md`` and the JSON Schema that the kit ships.
"""

from pathlib import Path

from generated_files import write_generated_files

write_generated_files(Path(__file__).parents[2])
