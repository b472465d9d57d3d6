package page

import "loaxa/admin/route"

// startPath is the page that leads through the first set-up.
const startPath = "/start"

func (p *Pages) startRoutes() []route.Route { return nil }
