package page

import "loaxa/admin/route"

func (p *Pages) scheduleRoutes() []route.Route { return nil }
