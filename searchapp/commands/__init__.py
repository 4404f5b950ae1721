"""The command line.

Which commands are there? `cli`. What do they take? `options`. How do they fail? `command`. What
does each do? `build_commands`, `fetch_command`, `search_commands`, `index_commands`,
`serve_command`, `watch_command`, `queries_command`, `init_command`, `doctor_command`,
`manual_command`, `measuring_commands`, and `flask_rebuild` for `flask --app … rebuild`. What do
they print? `result_text`, `evaluation_report`, `bench_report`, `queries_report`, `manual_page`;
`searchapp.result_json` with --json. Where are progress and problems shown? `progress_display`. What
if nothing can be shown? `output_streams`.
"""
